import { crash, identities, killAndReturn, loseDisk, back, kill } from "./brokers";
import { fault } from "./fault";

describe("when servers fail", () => {
  fault("nothing happens", (load) => load.acknowledges(200));

  fault("a broker's pod is killed", () => killAndReturn("broker-1"));

  fault("a broker's process is killed", () => crash("broker-1"));

  fault("all brokers are killed at once", () => killAndReturn("broker-0", "broker-1", "broker-2"));

  fault("brokers and controllers are all killed at once", async () => {
    const before = await identities();
    await kill(...before.keys());
    await back(before, ...before.keys());
  });

  for (const broker of ["broker-0", "broker-2"]) fault(`the disk of ${broker} is lost`, () => loseDisk(broker));
});
