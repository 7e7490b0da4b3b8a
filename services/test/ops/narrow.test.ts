import assert from "node:assert/strict";
import type { ClusterView } from "../../src/kafka/client.js";
import type { PlacedPartition } from "../../src/ops/placement.js";
import { type PlannedTopics, replicaChanges } from "../../src/ops/topics/apply.js";
import { planNarrowing } from "../../src/ops/topics/narrow.js";

const partition = (changes: Partial<PlacedPartition> = {}): PlacedPartition => {
  const replicas = changes.replicas ?? [0, 1, 2];
  return {
    topic: "chatroom",
    partition: 0,
    replicas,
    held: replicas,
    moving: false,
    leader: 0,
    isr: replicas,
    ...changes,
  };
};

function planned(partitions: readonly PlacedPartition[], to: number | undefined, racks: Record<number, string> = {}) {
  const brokers = new Map([0, 1, 2, 3].map((id) => [id, { id, host: "", port: 0, rack: racks[id] }]));
  const changeReplicas = to === undefined ? [] : [{ name: "chatroom", from: 3, to }];
  return {
    plan: { create: [], addPartitions: [], setConfig: [], changeReplicas, refusals: [] },
    placement: { view: { brokers } as unknown as ClusterView, partitions, ongoing: [] },
    names: new Set(["chatroom"]),
  } satisfies PlannedTopics;
}

const narrowed = (to: number, keep: readonly number[], one: PlacedPartition, racks?: Record<number, string>) =>
  planNarrowing(planned([one], to, racks), keep)[0]?.to;

describe("planNarrowing", () => {
  it("keeps the preferred leader if possible", () => {
    assert.deepEqual(narrowed(2, [0, 1, 2], partition({ replicas: [2, 0, 1] })), [2, 0]);
  });

  it("keeps replicas on brokers that stay, so that nothing has to be copied", () => {
    assert.deepEqual(narrowed(1, [0], partition({ replicas: [2, 1, 0] })), [0]);
  });

  it("prefers in-sync replicas above all", () => {
    assert.deepEqual(narrowed(1, [0], partition({ replicas: [0, 1, 2], isr: [2] })), [2]);
  });

  it("keeps racks apart", () => {
    assert.deepEqual(narrowed(2, [0, 1, 2], partition(), { 0: "a", 1: "a", 2: "b" }), [0, 2]);
  });

  it("counts a partition under reassignment by its target", () => {
    const moving = partition({ replicas: [0, 1, 3], held: [0, 1, 2], moving: true, isr: [0, 1, 2] });
    assert.equal(narrowed(3, [0, 1, 3], moving), undefined);
    assert.deepEqual(planNarrowing(planned([moving], 2), [0, 1, 3]), [
      { topic: "chatroom", partition: 0, from: [0, 1, 2], to: [0, 1] },
    ]);
  });

  it("leaves topics alone that are as declared", () => {
    assert.deepEqual(planNarrowing(planned([partition()], undefined), [0, 1, 2]), []);
  });
});

describe("replicaChanges", () => {
  it("waits for replicas that an earlier run began to add", () => {
    const begun = partition({ replicas: [0, 1, 2], held: [0], moving: true, isr: [0] });
    assert.deepEqual(replicaChanges(planned([begun], undefined)), [
      { topic: "chatroom", partition: 0, from: [0], to: [0, 1, 2] },
    ]);
  });

  it("leaves a move that keeps the number of replicas to whoever began it", () => {
    const moving = partition({ replicas: [0, 1, 3], held: [0, 1, 2], moving: true });
    assert.deepEqual(replicaChanges(planned([moving], undefined)), []);
    const foreign = partition({ topic: "other", replicas: [0, 1, 2], held: [0], moving: true });
    assert.deepEqual(replicaChanges(planned([foreign], undefined)), []);
  });

  it("adds replicas to the existing ones", () => {
    const [change] = replicaChanges(planned([partition({ replicas: [2] })], 3));
    assert.ok(change);
    assert.equal(change.to[0], 2);
    assert.equal(new Set(change.to).size, 3);
  });
});
