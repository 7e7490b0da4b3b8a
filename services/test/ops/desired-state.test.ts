import assert from "node:assert/strict";
import { parseDesiredState } from "../../src/ops/desired-state.js";

const STATE = {
  version: "4.3.1",
  brokers: [0, 1, 2],
  controllers: [9000],
  topics: [{ name: "orders", partitions: 1, replicationFactor: 1, config: {} }],
  internal: { replicationFactor: 3, topics: { __consumer_offsets: { replicationFactor: 3 } } },
  minInsyncReplicas: 2,
  settings: { "log.retention.ms": "1" },
  moves: { throttle: 1_048_576, stallSeconds: 900, rebalance: true, wait: false, diskLimit: 70, evenBytes: true },
};
const parse = (changes: Record<string, unknown>) =>
  parseDesiredState(JSON.stringify({ ...STATE, ...changes }), "cluster.json");

describe("cluster.json", () => {
  it("is read unchanged", () => {
    assert.deepEqual(parse({}), STATE);
  });

  it("may leave out static controllers and what is left to Kafka", () => {
    const { controllers, internal, minInsyncReplicas, ...least } = STATE;
    assert.ok(controllers.length > 0 && internal.replicationFactor > 0 && minInsyncReplicas > 0);
    assert.deepEqual(parseDesiredState(JSON.stringify(least), "cluster.json"), least);
  });

  it("of an earlier version has the default limit of disks", () => {
    const { throttle, stallSeconds, rebalance, wait } = STATE.moves;
    const { moves } = parse({ moves: { throttle, stallSeconds, rebalance, wait } });
    assert.deepEqual([moves.diskLimit, moves.evenBytes], [80, false]);
  });

  for (const [what, changes, says] of [
    ["no brokers", { brokers: [] }, /brokers: /],
    ["a broker twice", { brokers: [0, 0] }, /brokers: must not name an id twice/],
    ["a setting that is not text", { settings: { "num.io.threads": 8 } }, /settings\.num\.io\.threads: /],
    ["a topic twice", { topics: [...STATE.topics, ...STATE.topics] }, /topics: must not declare a topic twice/],
    ["a throttle that lets nothing through", { moves: { ...STATE.moves, throttle: 0 } }, /moves\.throttle: /],
    ["a disk more than full", { moves: { ...STATE.moves, diskLimit: 101 } }, /moves\.diskLimit: /],
    ["an unknown field", { brokerz: [1] }, /brokerz/],
  ] as const) {
    it(`is refused with ${what}, by the field's name`, () => {
      assert.throws(() => parse(changes), says);
    });
  }
});
