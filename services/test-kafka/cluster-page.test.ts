import assert from "node:assert/strict";
import { createTopicsV7, alterPartitionReassignmentsV0 } from "@platformatic/kafka";
import type { Running } from "kafka-stack-processes";
import type { PageEvent } from "../src/cluster/snapshot.js";
import { EventStream } from "../src/chat/event-stream.js";
import { KafkaClient, parseBootstrap } from "../src/kafka/client.js";
import { ClusterState } from "../src/cluster/state.js";
import { controllersText, verdictOf } from "../src/cluster/words.js";
import { until } from "../test/fakes.js";
import { TestCluster } from "./cluster.js";
import { launch } from "./processes.js";

const PORTS = { metrics: 19_706, page: 19_707 };

describe("The page of the cluster with a real Kafka", function () {
  this.timeout(240_000);
  let cluster: TestCluster;
  let exporter: Running;
  let stream: EventStream | undefined;
  let client: KafkaClient;
  /** What the page knows. */
  const state = new ClusterState();

  before(async () => {
    cluster = await TestCluster.start(3);
    exporter = launch("lag", {
      KAFKA_BOOTSTRAP_ADDRESS: cluster.bootstrap,
      LAG_HOST: "127.0.0.1",
      LAG_PORT: String(PORTS.metrics),
      LAG_PAGE_PORT: String(PORTS.page),
      LAG_PAUSE_MS: "500",
    });
    client = new KafkaClient({ bootstrap: parseBootstrap(cluster.bootstrap), clientId: "test" });
    await until("all brokers are there", async () => (await client.metadata([])).brokers.size === 3, 60_000);
    await client.request(
      "controller",
      createTopicsV7.api,
      [
        {
          name: "orders",
          assignments: [
            { partitionIndex: 0, brokerIds: [0, 1] },
            { partitionIndex: 1, brokerIds: [1, 2] },
          ],
        },
        { name: "single", assignments: [{ partitionIndex: 0, brokerIds: [1] }] },
      ].map((topic) => ({ ...topic, numPartitions: -1, replicationFactor: -1, configs: [] })),
      30_000,
      false,
    );
    stream = new EventStream(
      { url: `http://127.0.0.1:${PORTS.page}/events` },
      {
        event: ({ data }) => {
          state.take(JSON.parse(data) as PageEvent);
        },
        state: (now) => {
          if (now === "waiting") state.clear();
        },
      },
    );
    stream.start();
  });
  after(async () => {
    stream?.close();
    exporter.kill("SIGKILL");
    await client.close();
    await cluster.close();
  });

  /** Waits until the page says something. */
  const shows = async (what: string, holds: () => boolean, timeout = 60_000): Promise<void> => {
    await until(what, holds, timeout).catch((error: unknown) => {
      throw new Error(`${(error as Error).message} It knows ${JSON.stringify(state.parts)} ${exporter.said}`);
    });
  };
  const verdict = () => (state.parts ? verdictOf(state.parts).text : "");
  const maps = () => ["orders", "single"].map((name) => state.topics.get(name)?.map).join(" ");
  const running = () => state.parts?.brokers.map((broker) => broker.running).join(" ");

  it("serves the page, to this machine alone", async () => {
    await shows("the cluster is in order", () => verdict() === "All brokers run, and all partitions are in order.");
    const page = await fetch(`http://localhost:${PORTS.page}/`);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<title>Kafka cluster<\/title>/);
    assert.equal((await fetch(`http://127.0.0.1:${PORTS.metrics}/events`)).status, 404);
  });

  it("knows racks, the controllers and what is cordoned", () => {
    const { parts } = state;
    assert.deepEqual(
      parts?.brokers.map(({ id, rack, cordoned }) => [id, rack, cordoned]),
      [0, 1, 2].map((id) => [id, `rack-${id}`, false]),
    );
    assert.equal(parts.doubt, null);
    assert.equal(controllersText(parts.controllers), "Controller 0 is active. Voters: 0, all caught up.");
    assert.deepEqual(parts.moves, { value: { rows: [], total: 0 } });
  });

  it("says that a broker was killed, and that it comes back", async () => {
    await cluster.kill(1);
    await shows("broker 1 is away", () => running() === "true false true");
    await shows("its partitions are not in order", () => maps() === "UU X");
    assert.match(
      verdict(),
      /^1 partition offline: nobody can write or read it; broker 1 not running; 2 partitions under-/,
    );
    assert.equal(state.parts?.brokers[1]?.outOfSync, 3);
    assert.equal(state.parts.brokers[1].leaders, 0);
    await cluster.startBroker(1);
    await shows("all run", () => running() === "true true true");
    // Broker 2 leads on until the preferred leader is elected.
    await shows("nothing is offline or under-replicated", () => maps() === ".L ." || maps() === ".. .");
  });

  it("shows a move", async () => {
    // Nothing arrives at a broker that is away, so the move stays.
    await cluster.kill(2);
    await shows("broker 2 is away", () => running() === "true true false");
    await client.metadata([]);
    const moved = [{ name: "single", partitions: [{ partitionIndex: 0, replicas: [2] }] }];
    await client.request("controller", alterPartitionReassignmentsV0.api, 30_000, true, moved);
    await shows("the move", () => {
      const moves = state.parts?.moves;
      return moves !== undefined && "value" in moves && moves.value.total === 1;
    });
    assert.deepEqual(state.parts?.moves, {
      value: { rows: [{ topic: "single", partition: 0, from: [1], to: [2] }], total: 1 },
    });
    await cluster.startBroker(2);
    await shows("it has ended", () => {
      const moves = state.parts?.moves;
      return moves !== undefined && "value" in moves && moves.value.total === 0;
    });
  });

  it("shows nothing when no broker answers, and says so", async () => {
    await Promise.all([0, 1, 2].map((id) => cluster.kill(id)));
    await shows("silence", () => state.silence !== undefined);
    assert.equal(state.parts, undefined);
    await Promise.all([0, 1, 2].map((id) => cluster.startBroker(id)));
    await shows("all run again", () => running() === "true true true", 120_000);
  });
});
