import assert from "node:assert/strict";
import { ConfigSources, NetworkError, ResponseError, unregisterBrokerV0 } from "@platformatic/kafka";
import type { KafkaClient } from "../../src/kafka/client.js";
import { Cluster } from "../../src/ops/cluster.js";
import { electPreferredLeaders } from "../../src/ops/elections.js";
import { reassign } from "../../src/ops/move/reassignments.js";
import { removeThrottles, throttle } from "../../src/ops/move/throttle.js";
import { place } from "../../src/ops/placement.js";

/** A cluster that returns these settings of some topics. */
const answering = (results: Readonly<Record<string, readonly { name: string; value: string | null }[]>>) => {
  const answer = Object.entries(results).map(([resourceName, configs]) => ({
    resourceType: 2,
    resourceName,
    configs: configs.map((each) => ({ ...each, configSource: ConfigSources.DYNAMIC_TOPIC_CONFIG })),
  }));
  const client = { request: () => Promise.resolve({ results: answer }) } as unknown as KafkaClient;
  return new Cluster(client, 0, new AbortController().signal);
};
const KEY = "min.insync.replicas";

describe("the settings of topics", () => {
  it("are those that Kafka returns", async () => {
    const cluster = answering({ a: [{ name: KEY, value: "2" }] });
    assert.deepEqual(await cluster.effectiveTopicConfig(["a"], KEY), new Map([["a", "2"]]));
    assert.deepEqual(await cluster.configOf([{ type: "topic", name: "a" }]), new Map([["a", { [KEY]: "2" }]]));
  });

  it("are not taken for none when Kafka does not return them", async () => {
    for (const cluster of [answering({}), answering({ a: [] }), answering({ a: [{ name: KEY, value: null }] })]) {
      await assert.rejects(
        cluster.effectiveTopicConfig(["a"], KEY),
        /does not say what min\.insync\.replicas of the topic a is/,
      );
    }
    await assert.rejects(answering({}).configOf([{ type: "topic", name: "a" }]), /which settings topic a has/);
  });
});

/** What Kafka says with an error code for each of the things that a request is about. */
const refused = (codes: readonly number[], response?: object) =>
  new ResponseError(0, 0, Object.fromEntries(codes.map((code, index) => [`/${index}`, [code, null]])), response);

/** A cluster without topics whose requests have these outcomes, in turn. */
function cluster(...outcomes: readonly (object | Error)[]) {
  const left = [...outcomes];
  const client = {
    request: () => {
      const outcome = left.shift() ?? assert.fail("one request too many");
      return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
    },
    metadata: () => Promise.resolve({ brokers: new Map(), topics: new Map() }),
  } as unknown as KafkaClient;
  return { cluster: new Cluster(client, 5_000, new AbortController().signal), left };
}

const LOST = new NetworkError("Connection closed");
const [UNKNOWN_TOPIC, NOT_CONTROLLER, INVALID_PARTITIONS, INVALID_ASSIGNMENT, NOT_REGISTERED] = [3, 41, 37, 39, 102];

describe("a request whose answer was lost", () => {
  it("is done when Kafka says at the retry that it has carried it out", async () => {
    const { cluster: kafka, left } = cluster(LOST, refused([NOT_REGISTERED]));
    const unregistered = ["BROKER_ID_NOT_REGISTERED"];
    await kafka.requestUnlessGone("unregistering", "controller", unregistered, unregisterBrokerV0.api, 3);
    assert.equal(left.length, 0);
    await cluster(LOST, refused([36])).cluster.createTopics([
      { name: "a", partitions: 1, replicationFactor: 1, config: {} },
    ]);
  });

  it("is repeated for what else is temporary, and fails for what is not", async () => {
    const some = [{ topic: "a", partition: 0, replicas: [1] }];
    const { cluster: kafka, left } = cluster(refused([UNKNOWN_TOPIC, NOT_CONTROLLER]), refused([UNKNOWN_TOPIC]));
    await reassign(kafka, some);
    assert.equal(left.length, 0);
    await assert.rejects(
      reassign(cluster(refused([UNKNOWN_TOPIC, INVALID_ASSIGNMENT])).cluster, some),
      /INVALID_REPLICA_ASSIGNMENT/,
    );
  });

  it("has added the partitions that Kafka will not add again, and only then", async () => {
    const wanted = [{ name: "a", to: 3 }];
    await cluster(LOST, refused([INVALID_PARTITIONS])).cluster.addPartitions(wanted);
    await assert.rejects(cluster(refused([INVALID_PARTITIONS])).cluster.addPartitions(wanted), /INVALID_PARTITIONS/);
  });
});

describe("a topic that is deleted while its partitions move", () => {
  const change = { topic: "t", partition: 0, from: [0], to: [1] };
  const nothingMoves = { topics: [] };

  it("is left out of reassignments, throttles and elections", async () => {
    const { cluster: moving, left } = cluster(refused([UNKNOWN_TOPIC]));
    await reassign(moving, [{ topic: "t", partition: 0, replicas: [1] }]);
    const { cluster: throttling, left: more } = cluster(nothingMoves, nothingMoves, refused([UNKNOWN_TOPIC]));
    await throttle(throttling, [change], 1_024);
    assert.deepEqual([left.length, more.length], [0, 0]);
    const partitions = [{ index: 0, leader: 1, replicas: [0, 1], isr: [0, 1] }];
    const topics = new Map([["t", { name: "t", id: "t", internal: false, partitions }]]);
    const placement = place({ clusterId: "c", controllerId: 0, brokers: new Map(), topics }, [], []);
    const gone = [{ topic: "t", partition: 0, errorCode: UNKNOWN_TOPIC, errorMessage: null }];
    await electPreferredLeaders(cluster(gone).cluster, placement);
  });

  it("has no settings, and no throttle to remove", async () => {
    const configs = [{ name: "leader.replication.throttled.replicas", value: "0:1", configSource: 1 }];
    const results = [
      { errorCode: UNKNOWN_TOPIC, resourceType: 2, resourceName: "t", configs: [] },
      { errorCode: 0, resourceType: 2, resourceName: "u", configs },
    ];
    const named = (...names: string[]) => new Map(names.map((name) => [name, {}]));
    const removed: unknown[] = [];
    const client = {
      metadata: (topics: readonly string[] | null) =>
        Promise.resolve({ brokers: new Map(), topics: topics === null ? named("t", "u") : named() }),
      request: (_target: unknown, _api: unknown, ...args: unknown[]) => {
        if (args.length === 3) return Promise.reject(refused([UNKNOWN_TOPIC], { results }));
        removed.push(args[0]);
        return Promise.reject(refused([UNKNOWN_TOPIC]));
      },
    } as unknown as KafkaClient;
    const kafka = new Cluster(client, 5_000, new AbortController().signal);
    assert.deepEqual(
      await kafka.configOf([
        { type: "topic", name: "t" },
        { type: "topic", name: "u" },
      ]),
      new Map([["u", { "leader.replication.throttled.replicas": "0:1" }]]),
    );
    assert.equal(await removeThrottles(kafka), 1);
    assert.equal(removed.length, 1);
  });

  it("is not taken for deleted where another broker knows it", async () => {
    const results = [{ errorCode: UNKNOWN_TOPIC, resourceType: 2, resourceName: "new", configs: [] }];
    let asked = 0;
    const client = {
      metadata: () => Promise.resolve({ brokers: new Map(), topics: new Map([["new", {}]]) }),
      request: () => {
        asked += 1;
        return asked === 1
          ? Promise.reject(refused([UNKNOWN_TOPIC], { results }))
          : Promise.resolve({ results: [{ errorCode: 0, resourceType: 2, resourceName: "new", configs: [] }] });
      },
    } as unknown as KafkaClient;
    const kafka = new Cluster(client, 5_000, new AbortController().signal);
    assert.deepEqual(await kafka.configOf([{ type: "topic", name: "new" }]), new Map([["new", {}]]));
    assert.equal(asked, 2);
  });
});
