import assert from "node:assert/strict";
import fc from "fast-check";
import { partitionKey } from "../../src/ops/log-dirs.js";
import { planAssignment, topicsTooWide } from "../../src/ops/plan/plan.js";
import {
  addedReplicas,
  type Bytes,
  type PlanBroker,
  type PlanChange,
  type PlanPartition,
} from "../../src/ops/plan/types.js";

const MIB = 2 ** 20;

/** A cluster before and after: partitions on some brokers, and the brokers that must hold them. */
interface Case {
  readonly partitions: PlanPartition[];
  readonly brokers: PlanBroker[];
}

/** Clusters whose partitions lie anywhere on brokers 0…11, to be held by some of them and possibly new ones. */
function cases(racks: "none" | "equal" | "any", factors: "one" | "mixed"): fc.Arbitrary<Case> {
  return fc
    .record({
      ids: fc.uniqueArray(fc.nat(15), { minLength: 3, maxLength: 9 }),
      topics: fc.array(fc.tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 3 })), {
        minLength: 1,
        maxLength: 6,
      }),
      seed: fc.array(fc.nat(1_000_000), { minLength: 40, maxLength: 40 }),
      rackCount: fc.integer({ min: 1, max: 4 }),
    })
    .map(({ ids, topics, seed, rackCount }) => {
      const brokers = ids.map((id, index) => {
        if (racks === "none") return { id };
        const rack = racks === "equal" ? index % rackCount : (seed[index] ?? 0) % rackCount;
        return { id, rack: `rack-${rack}` };
      });
      const usable = racks === "equal" ? brokers.slice(0, brokers.length - (brokers.length % rackCount)) : brokers;
      const held = usable.length >= 3 ? usable : brokers.map(({ id }) => ({ id }));
      const partitions = topics.flatMap(([count, factor], topic) =>
        Array.from({ length: count }, (_, partition) => ({
          topic: `topic-${topic}`,
          partition,
          replicas: pick(12, factors === "one" ? 2 : factor, seed, topic * 17 + partition * 3),
        })),
      );
      return { partitions, brokers: held };
    });
}

/** Different numbers below `limit`, determined by the seed. */
function pick(limit: number, count: number, seed: readonly number[], offset: number): number[] {
  const pool = Array.from({ length: limit }, (_, id) => id);
  return Array.from({ length: count }, (_, index) => {
    const at = (seed[(offset + index) % seed.length] ?? 0) % pool.length;
    return pool.splice(at, 1)[0] ?? 0;
  });
}

function apply(partitions: readonly PlanPartition[], changes: readonly PlanChange[]): PlanPartition[] {
  const to = new Map(changes.map((change) => [`${change.topic}/${change.partition}`, change.to]));
  return partitions.map((partition) => ({
    ...partition,
    replicas: to.get(`${partition.topic}/${partition.partition}`) ?? partition.replicas,
  }));
}

function tally(ids: readonly number[], brokers: readonly PlanBroker[]): number[] {
  return brokers.map(({ id }) => ids.filter((each) => each === id).length);
}

function spread(counts: readonly number[]): number {
  return Math.max(...counts) - Math.min(...counts);
}

const runs = { numRuns: 400 };

describe("planAssignment", () => {
  it("keeps each partition's number of replicas, on different brokers, all of them wanted", () => {
    fc.assert(
      fc.property(cases("any", "mixed"), ({ partitions, brokers }) => {
        const ids = new Set(brokers.map(({ id }) => id));
        const after = apply(partitions, planAssignment(partitions, brokers));
        after.forEach(({ replicas }, index) => {
          assert.equal(replicas.length, partitions[index]?.replicas.length);
          assert.equal(new Set(replicas).size, replicas.length);
          assert.ok(replicas.every((id) => ids.has(id)));
        });
      }),
      runs,
    );
  });

  it("uses as many racks for a partition as there are, and none more often than needed", () => {
    fc.assert(
      fc.property(cases("any", "mixed"), ({ partitions, brokers }) => {
        const rackOf = new Map(brokers.map(({ id, rack }) => [id, rack ?? `own-${id}`]));
        const sizes = [...Map.groupBy(rackOf.values(), (rack) => rack).values()].map((members) => members.length);
        for (const { replicas } of apply(partitions, planAssignment(partitions, brokers))) {
          const used = [...Map.groupBy(replicas, (id) => rackOf.get(id)).values()].map((members) => members.length);
          assert.equal(used.length, Math.min(replicas.length, sizes.length));
          let most = 1;
          while (sizes.reduce((sum, size) => sum + Math.min(size, most), 0) < replicas.length) most += 1;
          assert.ok(Math.max(...used) <= most);
        }
      }),
      runs,
    );
  });

  for (const racks of ["none", "equal"] as const) {
    it(`gives brokers the same number of replicas, give or take one (racks: ${racks})`, () => {
      fc.assert(
        fc.property(cases(racks, "mixed"), ({ partitions, brokers }) => {
          const after = apply(partitions, planAssignment(partitions, brokers));
          assert.ok(
            spread(
              tally(
                after.flatMap(({ replicas }) => replicas),
                brokers,
              ),
            ) <= 1,
          );
        }),
        runs,
      );
    });
  }

  it("gives brokers the same number of leaders, give or take one", () => {
    fc.assert(
      fc.property(cases("none", "one"), ({ partitions, brokers }) => {
        const after = apply(partitions, planAssignment(partitions, brokers));
        assert.ok(
          spread(
            tally(
              after.map(({ replicas }) => replicas[0] ?? -1),
              brokers,
            ),
          ) <= 1,
        );
      }),
      runs,
    );
  });

  it("moves as little as possible", () => {
    fc.assert(
      fc.property(cases("none", "mixed"), ({ partitions, brokers }) => {
        const ids = new Set(brokers.map(({ id }) => id));
        const added = planAssignment(partitions, brokers).flatMap(addedReplicas).length;
        const all = partitions.flatMap(({ replicas }) => replicas);
        const counts = tally(all, brokers).sort((a, b) => b - a);
        const homeless = all.filter((id) => !ids.has(id)).length;
        // Where the division leaves a remainder, brokers with the most replicas keep one more.
        const surplus = counts.reduce((sum, count, index) => {
          const share = Math.floor(all.length / brokers.length) + (index < all.length % brokers.length ? 1 : 0);
          return sum + Math.max(0, count - share);
        }, 0);
        assert.ok(added >= homeless + surplus || homeless + surplus === 0);
        // Only a partition with a replica on every broker that could take another needs a chain of moves.
        assert.ok(
          added <= homeless + surplus + Math.ceil((homeless + surplus) / 4) + 1,
          `${added} > ${homeless} + ${surplus}`,
        );
      }),
      runs,
    );
  });

  it("changes nothing after it was carried out", () => {
    fc.assert(
      fc.property(cases("any", "mixed"), ({ partitions, brokers }) => {
        const after = apply(partitions, planAssignment(partitions, brokers));
        assert.deepEqual(planAssignment(after, brokers), []);
      }),
      runs,
    );
  });

  it("gives the same plan for any order of its input", () => {
    fc.assert(
      fc.property(cases("any", "mixed"), ({ partitions, brokers }) => {
        assert.deepEqual(
          planAssignment([...partitions].reverse(), [...brokers].reverse()),
          planAssignment(partitions, brokers),
        );
      }),
      runs,
    );
  });

  it("gives new brokers their share of every topic", () => {
    const partitions = ["a", "b", "c"].flatMap((topic) =>
      Array.from({ length: 12 }, (_, partition) => ({
        topic,
        partition,
        replicas: [0, 1, 2].map((id) => (id + partition) % 3),
      })),
    );
    const brokers = [0, 1, 2, 3, 4, 5].map((id) => ({ id, rack: `zone-${id % 3}` }));
    const after = apply(partitions, planAssignment(partitions, brokers));
    for (const topic of ["a", "b", "c"]) {
      const replicas = after
        .filter((partition) => partition.topic === topic)
        .flatMap((partition) => partition.replicas);
      assert.deepEqual(tally(replicas, brokers), [6, 6, 6, 6, 6, 6]);
    }
  });

  it("moves exactly the new broker's share when a balanced cluster grows", () => {
    const partitions = Array.from({ length: 60 }, (_, partition) => ({
      topic: "a",
      partition,
      replicas: [0, 1, 2].map((id) => (id + partition) % 3),
    }));
    const changes = planAssignment(partitions, [{ id: 0 }, { id: 1 }, { id: 2 }, { id: 3 }]);
    assert.equal(changes.flatMap(addedReplicas).length, 45);
    assert.ok(changes.flatMap(addedReplicas).every((id) => id === 3));
  });

  it("plans 200,000 partitions on 1,000 brokers, with bytes, in 10 s of CPU time and 1 GiB", function () {
    this.timeout(60_000);
    const partitions = Array.from({ length: 200_000 }, (_, index) => ({
      topic: `topic-${index % 1_000}`,
      partition: Math.floor(index / 1_000),
      replicas: [0, 1, 2].map((offset) => (index * 7 + offset) % 500),
    }));
    const brokers = Array.from({ length: 1_000 }, (_, id) => ({ id, rack: `zone-${id % 4}` }));
    const bytes = new Map(
      partitions.map(({ topic, partition }, index) => [
        partitionKey(topic, partition),
        2 ** (20 + ((index * 31) % 16)),
      ]),
    );
    const before = process.memoryUsage().rss;
    const start = process.cpuUsage();
    const changes = planAssignment(partitions, brokers, bytes);
    // Not wall-clock time, which depends on the machine's load.
    const { user, system } = process.cpuUsage(start);
    const seconds = (user + system) / 1e6;
    assert.ok(seconds <= 10, `took ${seconds.toFixed(1)} s`);
    assert.ok(process.memoryUsage().rss - before <= 1_073_741_824);
    const counts = tallyLarge(apply(partitions, changes), brokers.length);
    assert.ok(spread(counts) <= 1);
  });
});

describe("planAssignment with bytes", () => {
  /** Sizes from nothing to 40 GiB, most of them small, and whole megabytes so that they are easy to read. */
  const size = fc.oneof(fc.constant(0), fc.nat(100), fc.nat(5_000), fc.nat(40_000)).map((mib) => mib * MIB);
  const sized = fc
    .tuple(
      fc.oneof(cases("any", "mixed"), cases("none", "mixed"), cases("equal", "one"), cases("equal", "mixed")),
      fc.array(size, { minLength: 84, maxLength: 84 }),
    )
    .map(([given, sizes]) => {
      const bytes = new Map(
        given.partitions.map(({ topic, partition }, index) => [partitionKey(topic, partition), sizes[index] ?? 0]),
      );
      return { ...given, bytes };
    });
  const heldBy = (partitions: readonly PlanPartition[], brokers: readonly PlanBroker[], bytes: Bytes) => {
    const held = new Map(brokers.map(({ id }) => [id, 0]));
    for (const { topic, partition, replicas } of partitions) {
      for (const id of replicas) held.set(id, (held.get(id) ?? 0) + (bytes.get(partitionKey(topic, partition)) ?? 0));
    }
    return [...held.values()];
  };
  const rackOf = (brokers: readonly PlanBroker[]) => {
    const racks = brokers.every(({ rack }) => rack !== undefined);
    return new Map(brokers.map(({ id, rack }) => [id, racks ? rack : id]));
  };

  it("breaks none of the promises of the plan by numbers, and is stable", () => {
    fc.assert(
      fc.property(sized, ({ partitions, brokers, bytes }) => {
        const plain = apply(partitions, planAssignment(partitions, brokers));
        const after = apply(partitions, planAssignment(partitions, brokers, bytes));
        const racks = rackOf(brokers);
        const widths = (replicas: readonly number[]) =>
          [...Map.groupBy(replicas, (id) => racks.get(id)).values()].map(({ length }) => length).sort();
        after.forEach(({ replicas }, index) => {
          const without = plain[index]?.replicas ?? [];
          assert.equal(new Set(replicas).size, replicas.length);
          assert.ok(replicas.every((id) => racks.has(id)));
          assert.deepEqual(widths(replicas), widths(without), "as well spread over racks");
        });
        const leaders = after.map(({ replicas }) => replicas[0] ?? -1);
        assert.ok(
          spread(tally(leaders, brokers)) <=
            spread(
              tally(
                plain.map(({ replicas }) => replicas[0] ?? -1),
                brokers,
              ),
            ),
        );
        const counts = (some: readonly PlanPartition[]) =>
          tally(
            some.flatMap(({ replicas }) => replicas),
            brokers,
          );
        assert.ok(spread(counts(after)) <= spread(counts(plain)));
        assert.deepEqual(planAssignment(after, brokers, bytes), [], "a second plan");
        assert.deepEqual(
          planAssignment([...partitions].reverse(), [...brokers].reverse(), bytes),
          planAssignment(partitions, brokers, bytes),
        );
      }),
      runs,
    );
  });

  it("makes bytes more even where it does anything, for at most four times what it improves", () => {
    let improved = 0;
    fc.assert(
      fc.property(sized, ({ partitions, brokers, bytes }) => {
        // From the state that is even by numbers, so that everything that moves is moved for the bytes.
        const even = apply(partitions, planAssignment(partitions, brokers));
        const changes = planAssignment(even, brokers, bytes);
        if (changes.length === 0) return;
        const before = heldBy(even, brokers, bytes);
        const after = heldBy(apply(even, changes), brokers, bytes);
        const mean = before.reduce((sum, each) => sum + each, 0) / before.length;
        const excess = (held: readonly number[]) => held.reduce((sum, each) => sum + Math.max(0, each - mean), 0);
        assert.ok(spread(after) <= spread(before));
        assert.ok(Math.max(...before) > mean * 1.1 || Math.min(...before) < mean * 0.9);
        const copied = changes.reduce(
          (sum, each) => sum + addedReplicas(each).length * (bytes.get(partitionKey(each.topic, each.partition)) ?? 0),
          0,
        );
        assert.ok(excess(before) - excess(after) >= copied / 4 - 1, `${copied} bytes were copied`);
        improved += 1;
      }),
      runs,
    );
    assert.ok(improved > 20, `${improved} cases were improved`);
  });

  it("leaves small differences alone", () => {
    const partitions = [0, 1, 2, 3].map((partition) => ({ topic: "t", partition, replicas: [partition % 2] }));
    const of = (...mib: number[]) => new Map(mib.map((each, partition) => [`t-${partition}`, each * MIB]));
    const brokers = [{ id: 0 }, { id: 1 }];
    assert.deepEqual(planAssignment(partitions, brokers, of(60, 0, 60, 0)), []);
    assert.deepEqual(planAssignment(partitions, brokers, of(5_400, 5_000, 5_400, 5_000)), []);
    assert.deepEqual(planAssignment(partitions, brokers, of(4_000, 0, 4_000, 0)), [
      { topic: "t", partition: 0, from: [0], to: [1] },
      { topic: "t", partition: 1, from: [1], to: [0] },
    ]);
  });

  it("swaps a large follower for a small one, and leaves leaders", () => {
    const partitions = [
      [0, 1],
      [2, 1],
      [1, 3],
      [3, 0],
      [0, 2],
      [2, 3],
    ].map((replicas, partition) => ({ topic: "t", partition, replicas }));
    const brokers = [0, 1, 2, 3].map((id) => ({ id }));
    const bytes = new Map(partitions.map(({ partition }) => [`t-${partition}`, (partition < 2 ? 10_000 : 100) * MIB]));
    assert.deepEqual(planAssignment(partitions, brokers), []);
    assert.deepEqual(planAssignment(partitions, brokers, bytes), [
      { topic: "t", partition: 0, from: [0, 1], to: [0, 3] },
      { topic: "t", partition: 5, from: [2, 3], to: [2, 1] },
    ]);
  });
});

function tallyLarge(partitions: readonly PlanPartition[], brokers: number): number[] {
  const counts = Array.from({ length: brokers }, () => 0);
  for (const { replicas } of partitions) for (const id of replicas) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}

describe("topicsTooWide", () => {
  it("names each topic that has more replicas than there will be brokers", () => {
    const partitions = [
      { topic: "b", partition: 0, replicas: [0, 1, 2] },
      { topic: "a", partition: 0, replicas: [0, 1] },
      { topic: "a", partition: 1, replicas: [0, 1, 2, 3] },
      { topic: "c", partition: 0, replicas: [0, 1] },
    ];
    assert.deepEqual(topicsTooWide(partitions, 2), [
      { topic: "a", replicas: 4 },
      { topic: "b", replicas: 3 },
    ]);
  });
});
