import assert from "node:assert/strict";
import type { ClusterView } from "../../src/kafka/client.js";
import { planChanges } from "../../src/ops/commands/redistribute.js";
import { planReplicationFactors } from "../../src/ops/plan/factor.js";
import { addedReplicas } from "../../src/ops/plan/types.js";

function view(replicas: readonly (readonly number[])[], brokers: readonly number[]): ClusterView {
  const partitions = replicas.map((ids, index) => ({ index, leader: ids[0] ?? -1, replicas: ids, isr: ids }));
  return {
    clusterId: "c",
    controllerId: 0,
    brokers: new Map(brokers.map((id) => [id, { id, host: `broker-${id}`, port: 9092, rack: undefined }])),
    topics: new Map([["t", { name: "t", id: "t", internal: false, partitions }]]),
  };
}

describe("planChanges", () => {
  it("has nothing to do when all is even", () => {
    assert.deepEqual(
      planChanges(
        view(
          [
            [0, 1],
            [1, 0],
          ],
          [0, 1],
        ),
        [],
        [0, 1],
      ),
      [],
    );
  });

  it("keeps the aim of what is under way, and still counts it as to be copied", () => {
    const before = view(
      [
        [0, 1],
        [1, 0],
        [0, 1],
        [1, 0],
      ],
      [0, 1, 2, 3],
    );
    const plan = planChanges(before, [], [0, 1, 2, 3]);
    const [first] = plan;
    assert.ok(first !== undefined && addedReplicas(first).length > 0);
    const during = view(
      before.topics
        .get("t")
        ?.partitions.map(({ index, replicas }) =>
          index === first.partition ? [...new Set([...first.to, ...replicas])] : replicas,
        ) ?? [],
      [0, 1, 2, 3],
    );
    const ongoing = [{ topic: "t", partition: first.partition, target: first.to, adding: addedReplicas(first) }];
    const again = planChanges(during, ongoing, [0, 1, 2, 3]);
    const byPartition = (changes: typeof plan) => new Map(changes.map(({ partition, to }) => [partition, to]));
    assert.deepEqual(byPartition(again), byPartition(plan));
    const continued = again.find(({ partition }) => partition === first.partition);
    assert.deepEqual(continued && addedReplicas(continued), addedReplicas(first));
  });
});

describe("planReplicationFactors", () => {
  const brokers = [0, 1, 2].map((id) => ({ id, rack: `rack-${id}` }));
  const partitions = [
    { topic: "a", partition: 0, replicas: [0] },
    { topic: "a", partition: 1, replicas: [0] },
    { topic: "b", partition: 0, replicas: [0, 1, 2] },
  ];

  it("adds replicas where least is, keeps those that are there, and moves no other topic", () => {
    const changes = planReplicationFactors(partitions, brokers, new Map([["a", 2]]));
    assert.deepEqual(
      changes.map(({ to }) => to[0]),
      [0, 0],
    );
    assert.deepEqual(changes.flatMap(addedReplicas).sort(), [1, 2]);
    assert.ok(changes.every(({ topic }) => topic === "a"));
  });

  it("takes the last replicas away", () => {
    const changes = planReplicationFactors(partitions, brokers, new Map([["b", 1]]));
    assert.deepEqual(changes, [{ topic: "b", partition: 0, from: [0, 1, 2], to: [0] }]);
  });

  it("does nothing for a topic that has its replicas", () => {
    assert.deepEqual(planReplicationFactors(partitions, brokers, new Map([["b", 3]])), []);
  });
});
