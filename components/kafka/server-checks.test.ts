import assert from "node:assert/strict";
import { IMAGE, SCOPE } from "../../test/support/components";
import { registered } from "../../test/support/recording";
import { configCheck, type ConfigCheckArgs, restartCheck } from "./server-checks";

const CONFIG: ConfigCheckArgs = {
  ...SCOPE,
  image: IMAGE,
  settings: { "log.retention.hours": 1 },
  dedicated: false,
};

async function command(make: () => unknown): Promise<string[]> {
  const job = (await registered(() => void make())).find(({ type }) => type === "kubernetes:batch/v1:Job");
  const { template } = job?.inputs["spec"] as { template: { spec: { containers: { command: string[] }[] } } };
  return template.spec.containers[0]?.command ?? [];
}

describe("configCheck", () => {
  const asked = (changes: Partial<ConfigCheckArgs> = {}) =>
    command(() => configCheck("broker", { ...CONFIG, ...changes }, {}));

  it("checks the configuration for each role", async () => {
    const [script, text, ...roles] = await asked();
    assert.equal(script, "config-check.sh");
    assert.match(text ?? "", /^controller\.listener\.names=CONTROLLER\n[^]*^log\.retention\.hours=1$/m);
    assert.deepEqual(roles, ["broker,controller", "broker"]);
    assert.deepEqual((await asked({ dedicated: true })).slice(2), ["broker", "controller"]);
  });

  it("recognises ZooKeeper, whatever the arguments say of controllers", async () => {
    const [, text, ...roles] = await asked({ dedicated: true, zookeeperConnect: "zookeeper:2181" });
    assert.match(text ?? "", /^zookeeper\.connect=zookeeper:2181$/m);
    assert.deepEqual(roles, ["zookeeper"]);
  });
});

describe("restartCheck", () => {
  it("checks whether servers can be spared", async () => {
    const args = { ...SCOPE, image: IMAGE, restarts: "0123456789abcdef" };
    assert.deepEqual(await command(() => restartCheck("broker", args, {})), [
      "restart-check.sh",
      "broker.kafka.svc:9092",
      "180",
      args.restarts,
    ]);
  });
});
