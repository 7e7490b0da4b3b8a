import { strict as assert } from "node:assert";
import { get, inPod, kubectl } from "../support/kubectl";
import { ops } from "../support/ops";
import { preview, up } from "../support/stack";

interface Pods {
  items: { metadata: { name: string; uid: string } }[];
}

interface Jobs {
  items: { metadata: { name: string }; status: { succeeded?: number } }[];
}

/** The uid of each broker's pod. */
async function brokers(): Promise<Record<string, string>> {
  const { items } = await get<Pods>("pods", "-n", "kafka", "-l", "app.kubernetes.io/component=broker");
  return Object.fromEntries(items.map(({ metadata }) => [metadata.name, metadata.uid]));
}

/** The runs of `prepare` right before brokers leave, by name: how often each has succeeded. */
async function renewed(): Promise<ReadonlyMap<string, number | undefined>> {
  const { items } = await get<Jobs>("jobs", "-n", "kafka");
  const again = items.filter(({ metadata }) => metadata.name.startsWith("prepare-again-"));
  return new Map(again.map(({ metadata, status }) => [metadata.name, status.succeeded]));
}

/** The number of replicas on each of four brokers once nothing moves: during a reassignment, Kafka shows the old and the new ones. */
async function held(): Promise<number[]> {
  await ops("settle");
  const describe = ["kafka-topics.sh", "--bootstrap-server", "localhost:9092", "--describe"];
  const lines = (await inPod("broker-0", ...describe)).split("\n");
  const replicas = lines.flatMap((line) => /\bReplicas: ([\d,]+)/.exec(line)?.[1]?.split(",").map(Number) ?? []);
  return [0, 1, 2, 3].map((broker) => replicas.filter((id) => id === broker).length);
}

describe("scaling", () => {
  it("is shown before anybody approves it: moves, bytes and time", async () => {
    assert.match(
      await ops("plan", "--brokers", "0-5"),
      /partitions, .* to copy: at least .* at the throttle\.\nNot up: 3, 4, 5\./,
    );
  });

  it("gives a new broker its share and restarts no other; then removes it, drained", async () => {
    await ops("settle");
    const before = await brokers();
    const change = await preview("dev", "replicas=4");
    assert.equal(change.changes.delete, 0);
    await up("dev", "replicas=4");
    const { "broker-3": added, ...stayed } = await brokers();
    assert.ok(added);
    assert.deepEqual(stayed, before);
    const four = await held();
    assert.ok(Math.max(...four) - Math.min(...four) <= 1, four.join(", "));

    await up("dev");
    assert.deepEqual(await brokers(), before);
    const [a, b, c, gone] = await held();
    assert.deepEqual([b, c, gone], [a, a, 0]);
  });

  it("that somebody did by hand is reverted, and leaving brokers are drained first", async () => {
    const before = await brokers();
    const earlier = await renewed();
    await kubectl("scale", "statefulset", "broker", "-n", "kafka", "--replicas=4");
    await up("dev");
    assert.deepEqual(await brokers(), before);
    const again = [...(await renewed())].filter(([name]) => !earlier.has(name));
    assert.deepEqual(
      again.map(([, succeeded]) => succeeded),
      [1],
    );
  });
});
