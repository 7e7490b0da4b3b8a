import assert from "node:assert/strict";
import { type DeclaredTopic, parseDeclaredTopics } from "../../src/ops/topics/declared.js";
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
  it("does nothing when all is as declared, even while brokers are away", () => {
    const plan = planTopics([declared()], actual(), 1);
    assert.ok(isEmptyPlan(plan));
    assert.deepEqual(plan.refusals, []);
  });

  it("leaves topics alone that are not declared", () => {
    assert.ok(isEmptyPlan(planTopics([], actual(), 3)));
  });

  for (const [name, topic, present, expected] of [
    [
      "creates what is missing",
      declared(),
      new Map<string, ActualTopic>(),
      ["create chatroom: 2 partitions, replication factor 3"],
    ],
    ["adds partitions", declared({ partitions: 5 }), actual(), ["add partitions to chatroom: 2 -> 5"]],
    [
      "sets what is different",
      declared({ config: { "retention.ms": "1000" } }),
      actual(),
      ["set retention.ms = 1000 on chatroom"],
    ],
    ["removes what is declared no longer", declared({ config: {} }), actual(), ["remove retention.ms from chatroom"]],
    [
      "changes the number of replicas",
      declared({ replicationFactor: 2 }),
      actual(),
      ["change the replication factor of chatroom: 3 -> 2"],
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

describe("parseDeclaredTopics", () => {
  it("reads a declaration, with defaults", () => {
    const text = '{"topics": [{"name": "chatroom", "partitions": 12, "replicationFactor": 3}]}';
    assert.deepEqual(parseDeclaredTopics(text, "topics.json"), [
      { name: "chatroom", partitions: 12, replicationFactor: 3, config: {} },
    ]);
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
      assert.throws(() => parseDeclaredTopics(text, "topics.json"), expected);
    });
  }
});
