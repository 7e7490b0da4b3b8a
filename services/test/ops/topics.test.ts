import assert from "node:assert/strict";
import { type DeclaredTopic, parseDeclaration } from "../../src/ops/topics/declared.js";
import { declareInternal } from "../../src/ops/topics/internal.js";
import { type ActualTopic, describePlan, isEmptyPlan, planTopics } from "../../src/ops/topics/plan.js";

const declared = (changes: Partial<DeclaredTopic> = {}): DeclaredTopic => ({
  name: "chatroom",
  partitions: 2,
  replicationFactor: 3,
  config: { "retention.ms": "-1" },
  ...changes,
});

const actual = (changes: Partial<ActualTopic> = {}): Map<string, ActualTopic> =>
  new Map([
    [
      "chatroom",
      {
        name: "chatroom",
        replicas: [
          [0, 1, 2],
          [1, 2, 0],
        ],
        config: { "retention.ms": "-1" },
        minInsyncReplicas: 1,
        ...changes,
      },
    ],
  ]);

describe("planTopics", () => {
  it("does nothing when everything is as declared, even while brokers are away", () => {
    const plan = planTopics([declared()], actual(), 1);
    assert.ok(isEmptyPlan(plan));
    assert.deepEqual(plan.refusals, []);
  });

  it("leaves undeclared topics alone", () => {
    assert.ok(isEmptyPlan(planTopics([], actual(), 3)));
  });

  for (const [name, topic, present, expected] of [
    [
      "creates missing topics",
      declared(),
      new Map<string, ActualTopic>(),
      ["create chatroom: 2 partitions, replication factor 3"],
    ],
    ["adds partitions", declared({ partitions: 5 }), actual(), ["add partitions to chatroom: 2 -> 5"]],
    [
      "sets different settings",
      declared({ config: { "retention.ms": "1000" } }),
      actual(),
      ["set retention.ms = 1000 on chatroom"],
    ],
    [
      "removes settings that are no longer declared",
      declared({ config: {} }),
      actual(),
      ["remove retention.ms from chatroom"],
    ],
    [
      "changes the number of replicas",
      declared({ replicationFactor: 2 }),
      actual(),
      ["change the replication factor of chatroom: 3 -> 2"],
    ],
    [
      "compares values, not spellings",
      declared({ config: { "retention.ms": "-1", "min.cleanable.dirty.ratio": "0.50", preallocate: "TRUE" } }),
      actual({ config: { "retention.ms": "-1", "min.cleanable.dirty.ratio": "0.5", preallocate: "true" } }),
      [],
    ],
    [
      "leaves the throttle of a move alone",
      declared(),
      actual({ config: { "retention.ms": "-1", "leader.replication.throttled.replicas": "0:1" } }),
      [],
    ],
  ] as const) {
    it(name, () => {
      const plan = planTopics([topic], present, 3);
      assert.deepEqual(plan.refusals, []);
      assert.deepEqual(describePlan(plan), expected);
    });
  }

  for (const [name, topic, present, brokers, expected] of [
    [
      "fewer partitions",
      declared({ partitions: 1 }),
      actual(),
      3,
      "Topic chatroom has 2 partitions and cannot have fewer; 1 are declared.",
    ],
    [
      "too few brokers for a new topic",
      declared(),
      new Map<string, ActualTopic>(),
      2,
      "Topic chatroom needs 3 brokers for its replication factor; there are 2.",
    ],
    [
      "too few brokers for more replicas",
      declared({ replicationFactor: 4 }),
      actual(),
      3,
      "Topic chatroom needs 4 brokers for its replication factor; there are 3.",
    ],
    [
      "min.insync.replicas beyond the replicas",
      declared({ replicationFactor: 1, config: { "retention.ms": "-1", "min.insync.replicas": "2" } }),
      actual(),
      3,
      "Topic chatroom wants min.insync.replicas 2, more than its replication factor 1.",
    ],
    [
      "fewer replicas than the cluster's min.insync.replicas",
      declared({ replicationFactor: 1 }),
      actual({ minInsyncReplicas: 2 }),
      3,
      "Topic chatroom wants min.insync.replicas 2, more than its replication factor 1.",
    ],
  ] as const) {
    it(`refuses ${name}`, () => {
      assert.deepEqual(planTopics([topic], present, brokers).refusals, [expected]);
    });
  }
});

describe("the default min.insync.replicas", () => {
  it("counts with its future value", () => {
    const one = declared({ replicationFactor: 1 });
    assert.deepEqual(planTopics([one], actual({ minInsyncReplicas: 2 }), 3, 1).refusals, []);
    assert.equal(planTopics([one], actual({ minInsyncReplicas: 1 }), 3, 2).refusals.length, 1);
  });
});

describe("declareInternal", () => {
  const offsets = (changes: Partial<ActualTopic> = {}): ActualTopic => ({
    name: "__consumer_offsets",
    replicas: [[0], [1]],
    config: { "cleanup.policy": "compact" },
    minInsyncReplicas: 1,
    ...changes,
  });
  const declaration = (replicationFactor: number, minInsyncReplicas: number, own?: number) => ({
    topics: [],
    internal: {
      replicationFactor,
      topics: { __consumer_offsets: { replicationFactor, ...(own !== undefined && { minInsyncReplicas: own }) } },
    },
    minInsyncReplicas,
  });

  it("takes Kafka's topics as they are, with the declared number of replicas", () => {
    assert.deepEqual(declareInternal(declaration(3, 2), [offsets()]), [
      { name: "__consumer_offsets", partitions: 2, replicationFactor: 3, config: { "cleanup.policy": "compact" } },
    ]);
  });

  it("declares min.insync.replicas where Kafka has a setting for it", () => {
    const [topic] = declareInternal(declaration(3, 2, 2), [offsets({ config: { "min.insync.replicas": "1" } })]);
    assert.deepEqual(topic?.config, { "min.insync.replicas": "2" });
  });

  it("never requires so many in-sync replicas that a broker cannot restart", () => {
    const [one] = declareInternal(declaration(1, 2), [offsets()]);
    assert.equal(one?.config["min.insync.replicas"], "1");
    const [two] = declareInternal(declaration(2, 2), [offsets({ config: { "min.insync.replicas": "2" } })]);
    assert.equal(two?.config["min.insync.replicas"], "1");
  });

  it("gives topics without a name the common number", () => {
    const [topic] = declareInternal(declaration(3, 2), [offsets({ name: "__later" })]);
    assert.equal(topic?.replicationFactor, 3);
  });

  it("leaves them alone where nothing is declared", () => {
    assert.deepEqual(declareInternal({ topics: [] }, [offsets()]), []);
  });
});

describe("parseDeclaration", () => {
  it("reads a declaration, with defaults", () => {
    const text = '{"topics": [{"name": "chatroom", "partitions": 12, "replicationFactor": 3}]}';
    assert.deepEqual(parseDeclaration(text, "topics.json"), {
      topics: [{ name: "chatroom", partitions: 12, replicationFactor: 3, config: {} }],
    });
  });

  for (const [name, text, expected] of [
    ["what is not JSON", "topics:", /topics\.json is not JSON/],
    ["another shape", "[]", /expected object/i],
    ["a misspelt key", '{"topics": [{"name": "a", "partitions": 1, "replicas": 1}]}', /replicas/],
    ["no partitions", '{"topics": [{"name": "a", "partitions": 0, "replicationFactor": 1}]}', /topics\.0\.partitions/],
    [
      "half a partition",
      '{"topics": [{"name": "a", "partitions": 1.5, "replicationFactor": 1}]}',
      /topics\.0\.partitions/,
    ],
    ["a bad name", '{"topics": [{"name": "a b", "partitions": 1, "replicationFactor": 1}]}', /topics\.0\.name/],
    [
      "a number as setting",
      '{"topics": [{"name": "a", "partitions": 1, "replicationFactor": 1, "config": {"x": 1}}]}',
      /topics\.0\.config\.x/,
    ],
    [
      "a topic twice",
      '{"topics": [{"name": "a", "partitions": 1, "replicationFactor": 1}, {"name": "a", "partitions": 2, "replicationFactor": 1}]}',
      /must not declare a topic twice/,
    ],
  ] as const) {
    it(`refuses ${name}`, () => {
      assert.throws(() => parseDeclaration(text, "topics.json"), expected);
    });
  }
});
