import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outcome, run } from "kafka-stack-processes";
import { KafkaClient, parseBootstrap } from "../src/kafka/client.js";
import { Cluster } from "../src/ops/cluster.js";
import { reassign } from "../src/ops/move/reassignments.js";
import { until } from "../test/fakes.js";
import { TestCluster } from "./cluster.js";
import { ops } from "./processes.js";

const SOURCES = join(import.meta.dirname, "../../images/kafka/src/kafkastack");

describe("the check before a restart", function () {
  this.timeout(300_000);
  const directory = mkdtempSync(join(tmpdir(), "restart-check-"));
  const jars = () => `${process.env["KAFKA_JARS"] ?? ""}/*`;
  let cluster: TestCluster;

  /** @param config the directory with what an earlier update left. @default there was none */
  async function check(address: string, seconds: number, config = "/nowhere") {
    const args = ["-cp", `${directory}:${jars()}`, "kafkastack.RestartCheck", address, String(seconds), "any"];
    const env = { ...process.env, KAFKA_STACK_CONFIG_DIR: config };
    const { code, errors } = await outcome("java", ["-Xmx128m", ...args], { env });
    const lines = errors.split("\n").filter((line) => line.startsWith("kafka-stack: "));
    return { code, said: lines.at(-1) ?? errors };
  }

  async function behind(...ids: number[]): Promise<void> {
    await until(
      `${ids.length} of three replicas are missing`,
      async () => {
        const { lines } = await ops(cluster.bootstrap, "status", "--json");
        const { brokers, underReplicated } = JSON.parse(lines.join("\n")) as {
          brokers: { id: number }[];
          underReplicated: string[];
        };
        const up = brokers.map(({ id }) => id);
        return (
          ids.every((id) => !up.includes(id)) &&
          underReplicated.length > 0 === ids.length > 0 &&
          up.length + ids.length === 3
        );
      },
      120_000,
    );
  }

  before(async () => {
    const source = join(SOURCES, "RestartCheck.java");
    const paths = ["-d", directory, "-cp", jars(), "-sourcepath", join(SOURCES, "..")];
    await run("javac", ["--release", "17", "-proc:none", ...paths, source]);
    cluster = await TestCluster.start(3);
    const file = join(directory, "topics.json");
    const config = { "min.insync.replicas": "2" };
    writeFileSync(
      file,
      JSON.stringify({ topics: [{ name: "chatroom", partitions: 3, replicationFactor: 3, config }] }),
    );
    assert.equal((await ops(cluster.bootstrap, "topics", "apply", "--file", file)).code, 0);
  });

  after(async () => {
    await cluster.close();
    rmSync(directory, { recursive: true });
  });

  it("passes where every server is there", async () => {
    assert.deepEqual(await check(cluster.bootstrap.split(",")[0] ?? "", 60), {
      code: 0,
      said: "kafka-stack: every server can be restarted",
    });
  });

  it("refuses beside a missing broker that is not the first to restart, and names both", async () => {
    await cluster.kill(1);
    await behind(1);
    const { code, said } = await check(cluster.bootstrap.split(",")[0] ?? "", 3);
    assert.equal(code, 1);
    assert.match(said, /broker-1 is missing or not in sync: restarting broker-2 would leave chatroom-\d 1 of the 2/);
    await cluster.startBroker(1);
    await behind();
  });

  it("passes when the missing broker is the first to restart, because that may be the repair", async () => {
    await cluster.kill(2);
    await behind(2);
    assert.equal((await check(cluster.bootstrap.split(",")[0] ?? "", 60)).code, 0);
  });

  it("passes before the first start, where the name has no address", async () => {
    assert.deepEqual(await check("no-such-name.invalid:9092", 3), {
      code: 0,
      said: "kafka-stack: this is the first start of the servers, so there is nothing to check",
    });
  });

  it("takes no outage of the name server for servers that never ran", async () => {
    writeFileSync(join(directory, "server.properties"), "");
    const { code, said } = await check("no-such-name.invalid:9092", 3, directory);
    assert.equal(code, 1);
    assert.match(
      said,
      /no-such-name\.invalid:9092 has no address, or cannot be looked up, .* set operations\.restartBesideMissing/,
    );
  });

  it("does not count replicas that are still being added as missing", async () => {
    await cluster.startBroker(2);
    await behind();
    const file = join(directory, "moving.json");
    const topic = (name: string, replicationFactor: number, minIsr: string) => ({
      ...{ name, partitions: 1, replicationFactor },
      config: { "min.insync.replicas": minIsr },
    });
    const chatroom = { ...topic("chatroom", 3, "1"), partitions: 3 };
    writeFileSync(file, JSON.stringify({ topics: [chatroom, topic("moving", 2, "2")] }));
    assert.equal((await ops(cluster.bootstrap, "topics", "apply", "--file", file)).code, 0);
    const bootstrap = parseBootstrap(cluster.bootstrap);
    const client = new KafkaClient({ bootstrap, clientId: "test", requestTimeoutMs: 30_000 });
    const place = (...replicas: number[]) =>
      reassign(new Cluster(client, 60_000, new AbortController().signal), [
        { topic: "moving", partition: 0, replicas },
      ]);
    await place(0, 2);
    assert.equal((await ops(cluster.bootstrap, "settle")).code, 0);
    await cluster.kill(1);
    await behind(1);
    // The replica waits for broker 1 and was never there, so no restart takes anything away from it.
    await place(0, 2, 1);
    await client.close();
    assert.deepEqual(await check(bootstrap.map(({ host, port }) => `${host}:${port}`)[0] ?? "", 10), {
      code: 0,
      said: "kafka-stack: every server can be restarted",
    });
  });
});
