import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { KAFKA_VERSIONS } from "../../config/kafka";
import { Quorum } from "./quorum";

const [CONTROLLER, BROKER] = [9000, 0];
/** Kafka's own wait for a registration is a minute. */
const REGISTRATION = "initial.broker.registration.timeout.ms=35000\n";

describe("a broker whose controllers are down", function () {
  this.timeout(600_000);
  const [version] = KAFKA_VERSIONS.kraft;
  let cluster: Quorum;
  before(async () => {
    cluster = await Quorum.start(version, [CONTROLLER]);
    await cluster.kill(CONTROLLER, BROKER);
    appendFileSync(cluster.properties(BROKER), REGISTRATION);
    writeFileSync(cluster.lastMessage(BROKER), "");
    cluster.launch(BROKER);
  });
  after(async () => {
    await (cluster as Quorum | undefined)?.close();
  });

  it("says that it waits for them", async () => {
    await cluster.until("it says so", async () => {
      assert.match(await cluster.health(BROKER, "/ready"), /^broker state \d, .*: no controller leads the quorum$/m);
    });
  });

  it("ends with this as the container's last message, which names those that do not answer", async () => {
    await cluster.until("it has ended", () => {
      assert.ok(cluster.hasEnded(BROKER));
    });
    const said =
      /no controller has led the quorum for \d+ s.*No data is lost.*accept no connection: 127\.0\.0\.1:\d+\..*recover-quorum/;
    assert.match(readFileSync(cluster.lastMessage(BROKER), "utf8"), said);
    assert.match(cluster.log(BROKER), said);
  });

  it("registers when it is started again beside a controller, and leaves no such message", async () => {
    writeFileSync(cluster.lastMessage(BROKER), "");
    cluster.launch(CONTROLLER);
    cluster.launch(BROKER);
    await cluster.until("it is ready", async () => {
      assert.equal(await cluster.health(BROKER, "/ready"), "ok\n");
    });
    assert.equal(readFileSync(cluster.lastMessage(BROKER), "utf8"), "");
  });
});
