import assert from "node:assert/strict";
import { IMAGE, SCOPE } from "../../test/support/components";
import { registered } from "../../test/support/recording";
import { serverChecks, type ServerChecksArgs } from "./server-checks";

const ARGS: ServerChecksArgs = {
  ...SCOPE,
  image: IMAGE,
  text: "log.retention.hours=1\n",
  restarts: "0123456789abcdef",
  combined: true,
};

async function commands(changes: Partial<ServerChecksArgs> = {}): Promise<string[][]> {
  const resources = await registered(() => {
    serverChecks("broker", { ...ARGS, ...changes }, {});
  });
  return resources
    .filter(({ type }) => type === "kubernetes:batch/v1:Job")
    .map(({ inputs }) => {
      const { template } = inputs["spec"] as { template: { spec: { containers: { command: string[] }[] } } };
      return template.spec.containers[0]?.command ?? [];
    });
}

describe("serverChecks", () => {
  it("has the configuration read for each role, and asks whether servers can be spared", async () => {
    assert.deepEqual(await commands(), [
      ["config-check.sh", ARGS.text, "broker,controller", "broker"],
      ["restart-check.sh", "broker.kafka.svc:9092", "180", ARGS.restarts],
    ]);
  });

  it("knows dedicated controllers and ZooKeeper", async () => {
    assert.deepEqual((await commands({ combined: false }))[0]?.slice(2), ["broker", "controller"]);
    const [zookeeper] = await commands({ combined: false, zookeeperConnect: "zookeeper:2181" });
    assert.deepEqual(zookeeper?.slice(2), ["zookeeper"]);
  });

  it("asks nobody where a restart beside a missing server is wanted", async () => {
    assert.deepEqual(
      (await commands({ restartBesideMissing: true })).map(([script]) => script),
      ["config-check.sh"],
    );
  });
});
