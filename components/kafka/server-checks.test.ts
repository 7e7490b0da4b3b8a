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

interface Pod {
  readonly containers: readonly { readonly command: string[] }[];
  readonly volumes: readonly { readonly configMap?: { readonly name: string; readonly optional?: boolean } }[];
}

async function podOf(make: () => unknown): Promise<Pod> {
  const job = (await registered(() => void make())).find(({ type }) => type === "kubernetes:batch/v1:Job");
  return (job?.inputs["spec"] as unknown as { template: { spec: Pod } }).template.spec;
}

const command = async (make: () => unknown): Promise<string[]> => (await podOf(make)).containers[0]?.command ?? [];

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
    const args = { ...SCOPE, image: IMAGE, restarts: "0123456789abcdef", earlier: "kafka-config" };
    assert.deepEqual(await command(() => restartCheck("broker", args, {})), [
      "restart-check.sh",
      "broker.kafka.svc:9092",
      "180",
      args.restarts,
    ]);
    const { volumes } = await podOf(() => restartCheck("broker", args, {}));
    const [earlier] = volumes.flatMap(({ configMap }) => configMap ?? []);
    assert.deepEqual([earlier?.name, earlier?.optional], ["kafka-config", true]);
  });
});
