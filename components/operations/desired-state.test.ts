import assert from "node:assert/strict";
import fc from "fast-check";
import { one, SCOPE } from "../../test/support/components";
import { registered } from "../../test/support/recording";
import { parseDesiredState } from "../../services/src/ops/desired-state.js";
import { clusterFile, clusterFileMap, type Desired } from "./desired-state";

const DESIRED: Desired = {
  version: "4.3.1",
  brokers: [0, 1, 2],
  cordoned: [1],
  controllers: [9000, 9001, 9002],
  topics: [{ name: "chatroom", partitions: 12, replicationFactor: 3, config: { "retention.ms": -1 } }],
  settings: { "min.insync.replicas": 2, "offsets.topic.replication.factor": 3, "log.retention.ms": 5 },
  dynamicSettings: { "log.retention.ms": 5 },
  moves: { throttle: 1048576, stallSeconds: 600, rebalance: true, wait: true, diskLimit: 80, evenBytes: false },
};

describe("The document of a cluster's desired state", () => {
  it("contains what the ops program reads", () => {
    assert.deepEqual(parseDesiredState(clusterFile(DESIRED), "cluster.json"), {
      version: "4.3.1",
      brokers: [0, 1, 2],
      cordoned: [1],
      controllers: [9000, 9001, 9002],
      topics: [{ name: "chatroom", partitions: 12, replicationFactor: 3, config: { "retention.ms": "-1" } }],
      internal: { replicationFactor: 3, topics: { __consumer_offsets: { replicationFactor: 3 } } },
      minInsyncReplicas: 2,
      settings: { "log.retention.ms": "5" },
      moves: { throttle: 1048576, stallSeconds: 600, rebalance: true, wait: true, diskLimit: 80, evenBytes: false },
    });
    const fixed = { ...DESIRED, controllers: undefined, voters: [9000] };
    assert.deepEqual(parseDesiredState(clusterFile(fixed), "x").voters, [9000]);
    assert.ok(!("controllers" in parseDesiredState(clusterFile({ ...DESIRED, controllers: undefined }), "x")));
  });

  it("is accepted by the ops program for any arguments of the component", () => {
    const settings = fc.dictionary(fc.string({ minLength: 1 }), fc.oneof(fc.string(), fc.integer(), fc.boolean()));
    const topic = fc.record({
      name: fc.stringMatching(/^[a-z0-9._-]{3,249}$/),
      partitions: fc.integer({ min: 1, max: 100_000 }),
      replicationFactor: fc.integer({ min: 1, max: 32_767 }),
      config: settings,
    });
    const ids = fc.uniqueArray(fc.nat(), { minLength: 1 });
    const desired = fc.record({
      version: fc.constantFrom("3.9.2", "4.3.1"),
      brokers: ids,
      cordoned: fc.option(fc.uniqueArray(fc.nat()), { nil: undefined }),
      controllers: fc.option(ids, { nil: undefined }),
      topics: fc.uniqueArray(topic, { selector: ({ name }) => name }),
      settings: fc.constant({}),
      dynamicSettings: settings,
      moves: fc.record({
        throttle: fc.integer({ min: 1_024 }),
        stallSeconds: fc.integer({ min: 1 }),
        rebalance: fc.boolean(),
        wait: fc.boolean(),
        diskLimit: fc.integer({ min: 1, max: 100 }),
        evenBytes: fc.boolean(),
      }),
    });
    fc.assert(
      fc.property(desired, (given) => {
        const read = parseDesiredState(clusterFile(given), "cluster.json");
        assert.deepEqual(
          [read.brokers, read.cordoned, read.controllers, read.moves],
          [given.brokers, given.cordoned, given.controllers, { ...given.moves }],
        );
        assert.deepEqual(
          read.topics.map(({ name }) => name),
          given.topics.map(({ name }) => name),
        );
      }),
    );
  });

  it("is in an immutable ConfigMap with a generated name", async () => {
    const resources = await registered(() => clusterFileMap("desired-state", SCOPE, DESIRED, {}));
    const { metadata, immutable, data } = one(resources, "ConfigMap").inputs;
    assert.deepEqual(Object.keys(metadata as object).sort(), ["labels", "namespace"]);
    assert.equal(immutable, true);
    assert.deepEqual(data, { "cluster.json": clusterFile(DESIRED) });
  });

  it("is refused when it is too large for a ConfigMap", () => {
    const topics = Array.from({ length: 20_000 }, (_, index) => ({ ...DESIRED.topics[0], name: `t${index}` }));
    assert.throws(
      () => clusterFileMap("desired-state", SCOPE, { ...DESIRED, topics: topics as Desired["topics"] }, {}),
      /a ConfigMap holds 1000000: declare fewer than 20000 topics/,
    );
  });
});
