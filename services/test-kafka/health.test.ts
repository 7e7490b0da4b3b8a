import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "kafka-stack-processes";
import { KafkaClient, parseBootstrap } from "../src/kafka/client.js";
import { PartitionWriter } from "../src/kafka/partition-writer.js";
import { Cluster } from "../src/ops/cluster.js";
import { listOngoing, reassign } from "../src/ops/move/reassignments.js";
import { removeThrottles, throttle } from "../src/ops/move/throttle.js";
import { until } from "../test/fakes.js";
import { TestCluster } from "./cluster.js";
import { ops } from "./processes.js";

const TOPIC = "moving";
/** More than a follower gets before a throttle holds it: one fetch is of a MiB at most. */
const MEGABYTES = 3;

/** What the health endpoints of brokers make of partitions that move, and of those that are behind. */
describe("a broker's health while partitions move", function () {
  this.timeout(300_000);
  const directory = mkdtempSync(join(tmpdir(), "health-"));
  const classPath = () => `${directory}:${process.env["KAFKA_JARS"] ?? ""}/*`;
  let brokers: TestCluster;
  let client: KafkaClient;
  let cluster: Cluster;

  const health = async (broker: number): Promise<{ inSync: string; needed: string }> => {
    const words = ["-Xmx128m", "-cp", classPath(), "kafkastack.AskHealth", String(broker), brokers.bootstrap];
    const said = await run("java", words);
    const [, inSync = "", needed = ""] = /^in sync: (.*)\nneeded: (.*)$/.exec(said) ?? [];
    return { inSync, needed };
  };
  const place = (...replicas: number[]) => reassign(cluster, [{ topic: TOPIC, partition: 0, replicas }]);
  const settled = () => until("nothing moves any more", async () => (await listOngoing(cluster)).length === 0, 120_000);
  /** A byte a second to a new replica on broker 1. */
  const crawl = () => throttle(cluster, [{ topic: TOPIC, partition: 0, from: [0, 2], to: [0, 2, 1] }], 1);

  async function write(): Promise<void> {
    const writer = new PartitionWriter(client, TOPIC, 0, Buffer.from("key"));
    const value = Buffer.alloc(500_000, "x");
    for (let each = 0; each < 2 * MEGABYTES; each += 1) await writer.append(value, Date.now() + 120_000);
  }

  before(async () => {
    const sources = join(import.meta.dirname, "../../images/kafka/src");
    const own = join(import.meta.dirname, "health/AskHealth.java");
    const paths = ["-d", directory, "-cp", `${process.env["KAFKA_JARS"] ?? ""}/*`, "-sourcepath", sources];
    await run("javac", ["--release", "17", "-proc:none", ...paths, own]);
    brokers = await TestCluster.start(3);
    const file = join(directory, "topics.json");
    const config = { "min.insync.replicas": "2" };
    writeFileSync(file, JSON.stringify({ topics: [{ name: TOPIC, partitions: 1, replicationFactor: 2, config }] }));
    assert.equal((await ops(brokers.bootstrap, "topics", "apply", "--file", file)).code, 0);
    client = new KafkaClient({ bootstrap: parseBootstrap(brokers.bootstrap), clientId: "test" });
    cluster = new Cluster(client, 120_000, new AbortController().signal);
    await place(0, 2);
    await settled();
    await write();
  });

  after(async () => {
    await client.close();
    await brokers.close();
    rmSync(directory, { recursive: true });
  });

  it("is ready, and may stop, as if what is on its way to a broker were not there", async () => {
    await crawl();
    await place(0, 2, 1);
    for (const broker of [0, 1, 2]) assert.deepEqual(await health(broker), { inSync: "null", needed: "null" });
    assert.equal((await listOngoing(cluster)).length, 1, "it has arrived too early to tell anything");
    await removeThrottles(cluster);
    await settled();
  });

  it("is not ready while a replica that was there is behind, and keeps those that are needed", async () => {
    await crawl();
    await brokers.kill(1);
    await write();
    const needed = /^moving-0 has 2 in-sync replicas and needs 2$/;
    await until("the others are needed", async () => needed.test((await health(0)).needed), 60_000);
    // Each broker hears of it by itself.
    await until("the other one says so, too", async () => needed.test((await health(2)).needed), 60_000);
    await brokers.startBroker(1);
    await until("the broker is back", async () => (await cluster.describe([])).brokers.has(1), 60_000);
    await until(
      "it says that it is behind",
      async () => (await health(1)).inSync === "1 partitions not in sync yet, such as moving-0",
      60_000,
    );
    await removeThrottles(cluster);
    await until("it is in sync", async () => (await health(1)).inSync === "null", 60_000);
  });
});
