import assert from "node:assert/strict";
import { groupsOf } from "../../src/cluster/groups.js";
import { LogTimes } from "../../src/lag/log-times.js";
import { LagModel } from "../../src/lag/model.js";
import { Troubles } from "../../src/lag/troubles.js";

const NOW = 10_000_000;

/** A model with one topic of three partitions, and groups with these positions in it; every log ends at 10. */
function modelOf(groups: Readonly<Record<string, readonly number[]>>): LagModel {
  const model = new LagModel();
  const ends = Float64Array.of(10, 10, 10);
  const times = new LogTimes();
  // The record at offset 4 was written 100 s ago, and is the first that is not older.
  times.learn(NOW - 100_000, 4, NOW - 100_000);
  model.topics.set("orders", {
    name: "orders",
    id: "id",
    leaders: new Int32Array(3),
    ends,
    times: [times, undefined, undefined],
  });
  for (const [name, offsets] of Object.entries(groups)) {
    const topics = new Map([["orders", { offsets: Float64Array.from(offsets), ends }]]);
    model.groups.set(name, { name, type: "classic", state: "Stable", topics });
  }
  return model;
}

const rows = (groups: Readonly<Record<string, readonly number[]>>) => {
  const found = groupsOf(modelOf(groups), new Troubles(), NOW);
  assert.ok("value" in found);
  return found.value.rows.map(({ name, lag, seconds, unknown }) => [name, lag, seconds, unknown]);
};

describe("Consumer groups on the page", () => {
  it("add up what is known, the largest lag first", () => {
    assert.deepEqual(rows({ done: [10, 10, 10], late: [4, 10, 10] }), [
      ["late", 6, 100, 0],
      ["done", 0, 0, 0],
    ]);
  });

  it("do not take a partition without a position for one whose lag is not known", () => {
    assert.deepEqual(rows({ new: [-1, -1, -1], part: [10, -1, -1] }), [
      ["new", 0, 0, 0],
      ["part", 0, 0, 0],
    ]);
  });

  it("count partitions whose position or age is not known", () => {
    assert.deepEqual(rows({ unread: [NaN, 10, 10], ageless: [10, 3, 10], nothing: [NaN, NaN, NaN] }), [
      ["ageless", 7, 0, 1],
      ["nothing", 0, null, 3],
      ["unread", 0, 0, 1],
    ]);
  });

  it("say what may be missing, and nothing when Kafka does not answer", () => {
    const troubles = new Troubles();
    troubles.add("coordinator", "broker 1: it is away");
    const partly = groupsOf(modelOf({}), troubles, NOW);
    assert.ok("value" in partly);
    assert.deepEqual(partly.value.incomplete, [
      "Not known are groups of a broker that does not answer: broker 1: it is away",
    ]);
    troubles.add("cluster", "nobody is there");
    assert.deepEqual(groupsOf(modelOf({ a: [1, 1, 1] }), troubles, NOW), {
      unknown: "Kafka does not answer: nobody is there",
    });
  });
});
