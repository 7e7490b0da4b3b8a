import assert from "node:assert/strict";
import type { ClusterView } from "../../src/kafka/client.js";
import { preview } from "../../src/ops/commands/preview-moves.js";
import { planChanges, refuseIfTooWide } from "../../src/ops/commands/redistribute.js";
import { showMoves } from "../../src/ops/commands/show-moves.js";
import { misledPartitions } from "../../src/ops/elections.js";
import { rateOf } from "../../src/ops/move/measure.js";
import { holdEverything, isUnderReplicated, place } from "../../src/ops/placement.js";
import { planReplicationFactors } from "../../src/ops/plan/factor.js";
import { isEmptyPlan, planTopics } from "../../src/ops/topics/plan.js";
import { addedReplicas } from "../../src/ops/plan/types.js";

function view(
  replicas: readonly (readonly number[])[],
  brokers: readonly number[],
  isr?: readonly number[],
): ClusterView {
  const partitions = replicas.map((ids, index) => {
    const inSync = isr ?? ids;
    return { index, leader: inSync[0] ?? -1, replicas: ids, isr: inSync };
  });
  return {
    clusterId: "c",
    controllerId: 0,
    brokers: new Map(brokers.map((id) => [id, { id, host: `broker-${id}`, port: 9092, rack: undefined }])),
    topics: new Map([["t", { name: "t", id: "t", internal: false, partitions }]]),
  };
}

/** A cluster in which nothing moves. */
const still = (replicas: readonly (readonly number[])[], brokers: readonly number[]) =>
  place(view(replicas, brokers), [], []);

describe("planChanges", () => {
  const before = [
    [0, 1],
    [1, 0],
    [0, 1],
    [1, 0],
  ];
  const even = [
    [0, 1],
    [1, 0],
  ];

  it("does nothing when everything is even", () => {
    assert.deepEqual(planChanges(still(even, [0, 1]), [0, 1]), []);
  });

  it("keeps the targets of moves under way, and still counts them as to be copied", () => {
    const plan = planChanges(still(before, [0, 1, 2, 3]), [0, 1, 2, 3]);
    const [first] = plan;
    assert.ok(first !== undefined && addedReplicas(first).length > 0);
    const during = before.map((replicas, index) =>
      index === first.partition ? [...new Set([...first.to, ...replicas])] : replicas,
    );
    const ongoing = [{ topic: "t", partition: first.partition, target: first.to, adding: addedReplicas(first) }];
    const again = planChanges(place(view(during, [0, 1, 2, 3]), ongoing, ongoing), [0, 1, 2, 3]);
    const byPartition = (changes: typeof plan) => new Map(changes.map(({ partition, to }) => [partition, to]));
    assert.deepEqual(byPartition(again), byPartition(plan));
    const continued = again.find(({ partition }) => partition === first.partition);
    assert.deepEqual(continued && addedReplicas(continued), addedReplicas(first));
  });

  const toThree = { topic: "t", partition: 0, target: [0, 1, 3], adding: [3] };
  const moving = (brokers: readonly number[]) =>
    place(
      view(
        [
          [0, 1, 3, 2],
          [0, 1, 2],
        ],
        brokers,
      ),
      [toThree],
      [toThree],
    );

  it("lets a move to a wanted broker finish, even if another would be better now", () => {
    const plan = planChanges(moving([0, 1, 2, 3, 4]), [0, 1, 2, 3, 4]);
    assert.deepEqual(plan.find(({ partition }) => partition === 0)?.to, [0, 1, 3]);
  });

  it("redirects a move to a leaving broker, with the wanted number of replicas", () => {
    const plan = planChanges(moving([0, 1, 2, 3]), [0, 1, 2]);
    const redirected = plan.find(({ partition }) => partition === 0);
    assert.deepEqual([...(redirected?.to ?? [])].sort(), [0, 1, 2]);
    assert.deepEqual(redirected?.from, [0, 1, 2]);
  });
});

describe("partitions under reassignment", () => {
  const ongoing = { topic: "t", partition: 0, target: [0, 1, 3], adding: [3] };
  const old = { topic: "t", partition: 0, target: [0, 1, 2], adding: [2] };
  const wide = view([[0, 1, 3, 2]], [0, 1, 2, 3]);
  const moving = place(wide, [ongoing], [ongoing]);

  it("have the replicas of their target, and are held by the complete ones", () => {
    const [partition] = moving.partitions;
    assert.deepEqual([partition?.replicas, partition?.held, partition?.moving], [[0, 1, 3], [0, 1, 2], true]);
  });

  it("have their target when they finish during the read, and the later one when they are redirected", () => {
    assert.deepEqual(place(wide, [ongoing], []).partitions[0]?.replicas, [0, 1, 3]);
    assert.deepEqual(place(wide, [old], [ongoing]).partitions[0]?.replicas, [0, 1, 3]);
    assert.deepEqual(place(wide, [], [ongoing]).partitions[0]?.held, [0, 1, 2]);
  });

  it("need no more brokers than their target has", () => {
    assert.doesNotThrow(() => {
      refuseIfTooWide(moving, [0, 1, 2]);
    });
    assert.throws(() => {
      refuseIfTooWide(moving, [0, 1]);
    }, /2 brokers cannot hold all topics: t has replication factor 3\./);
  });

  it("are not drained from a broker before they have left it", () => {
    assert.equal(holdEverything(moving, [0, 1, 2, 3]), true);
    assert.equal(holdEverything(moving, [0, 1, 3]), false);
    assert.equal(holdEverything(moving, [0, 1, 2]), false);
    assert.equal(holdEverything(still([[0, 1, 2]], [0, 1, 2, 3]), [0, 1, 2]), true);
  });

  it("are as declared when their target is", () => {
    const replicas = moving.partitions.map((each) => each.replicas);
    const actual = new Map([["t", { name: "t", replicas, config: {}, minInsyncReplicas: 1 }]]);
    const declared = (replicationFactor: number) => [{ name: "t", partitions: 1, replicationFactor, config: {} }];
    assert.ok(isEmptyPlan(planTopics(declared(3), actual, 3)));
    assert.deepEqual(planTopics(declared(2), actual, 2).changeReplicas, [{ name: "t", from: 3, to: 2 }]);
  });

  it("do not lack a leader or a replica that they are still getting", () => {
    const target = { ...ongoing, target: [3, 0, 1] };
    const copying = place(view([[3, 0, 1, 2]], [0, 1, 2, 3], [0, 1, 2]), [target], [target]);
    assert.deepEqual(misledPartitions(copying), []);
    assert.equal(copying.partitions.filter(isUnderReplicated).length, 0);
    const whole = place(view([[3, 0, 1]], [0, 1, 2, 3], [0, 1]), [], []);
    assert.deepEqual(misledPartitions(whole), [{ topic: "t", partition: 0, possible: false }]);
    assert.equal(whole.partitions.filter(isUnderReplicated).length, 1);
  });
});

describe("a preview of moves", () => {
  const GIB = 2 ** 30;
  const options = { throttle: 100, stall: 900, print: () => undefined, signal: new AbortController().signal };
  /** A broker with one disk. */
  const disk = (id: number, held: Readonly<Record<string, number>>, totalBytes: number, others = 0) => {
    const sizes = new Map(Object.entries(held));
    const used = others + [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
    const directory = { path: "/data", disk: { totalBytes, usableBytes: totalBytes - used }, sizes };
    return [id, { sizes, directories: [directory], failed: [] }] as const;
  };

  it("says what is copied, by which brokers, and how long that takes at least", () => {
    const placement = still([[0], [0], [1], [1]], [0, 1]);
    const changes = planChanges(placement, [0, 1, 2, 3]);
    const disks = new Map([
      disk(0, { "t-0": 4_000, "t-1": 4_000 }, 10_000),
      disk(1, { "t-2": 4_000, "t-3": 4_000 }, 10_000),
    ]);
    const shown = preview(placement, changes, disks, { ...options, brokers: [0, 1, 2, 3] });
    assert.equal(shown.bytes, 8_000);
    assert.equal(shown.seconds, 40);
    assert.deepEqual(shown.absent, [2, 3]);
    assert.equal(shown.refusal, undefined);
    assert.deepEqual(shown.shares[0], {
      broker: 0,
      before: { replicas: 2, bytes: 8_000, diskPercent: 80 },
      after: { replicas: 1, bytes: 4_000, diskPercent: 40 },
    });
    const lines = showMoves(shown).join("\n");
    assert.match(lines, /2 partitions, 7\.8 KiB to copy: at least 40 s at the throttle\./);
    assert.match(lines, /Not up: 2, 3\./);
    assert.match(lines, /^ *0 +2 -> 1 +7\.8 KiB -> 3\.9 KiB +80\.0 % -> 40\.0 %$/m);
    assert.match(lines, /^ *2 +0 -> 1 +\? -> 3\.9 KiB +\? -> \?$/m);
    assert.equal(
      showMoves(preview(placement, [], disks, { ...options, brokers: [0, 1] })).at(-1),
      "Partitions are spread evenly over 2 brokers; nothing would move.",
    );
  });

  it("says that it would be refused, and what a broker does not tell", () => {
    const placement = still([[0], [0]], [0, 1]);
    const changes = planChanges(placement, [0, 1]);
    const full = new Map([disk(0, { "t-0": 10 * GIB, "t-1": 10 * GIB }, 100 * GIB), disk(1, {}, 100 * GIB, 75 * GIB)]);
    const refused = preview(placement, changes, full, { ...options, brokers: [0, 1] });
    assert.match(
      showMoves(refused).at(-1) ?? "",
      /^It would be refused: Broker 1 has no room for t-\d \(10\.0 GiB\): its disk of 100\.0 GiB at \/data would hold 85\.0 GiB \(85\.0 %\), and the limit is 80 %\./,
    );
    assert.equal(preview(placement, changes, full, { ...options, brokers: [0, 1], diskLimit: 85 }).refusal, undefined);
    const silent = preview(placement, changes, new Map([disk(0, { "t-0": 10 * GIB, "t-1": 10 * GIB }, 100 * GIB)]), {
      ...options,
      brokers: [0, 1],
    });
    assert.match(silent.refusal ?? "", /^Broker 1 does not say how full its disks are/);
    assert.deepEqual(silent.shares[1]?.before, { replicas: 0, bytes: undefined, diskPercent: undefined });
  });
});

describe("rateOf", () => {
  const moving = [{ topic: "t", partition: 0, from: [0], to: [1] }];
  const at = (bytes: number | undefined) =>
    new Map([
      [0, new Map([["t-0", 1_000]])],
      ...(bytes === undefined ? [] : [[1, new Map([["t-0", bytes]])] as const]),
    ]);

  it("measures the rate and the time left", () => {
    assert.deepEqual(rateOf(moving, at(200), at(600), 4), {
      partitions: 1,
      bytesLeft: 400,
      bytesPerSecond: 100,
      secondsLeft: 4,
    });
  });

  it("counts what is written meanwhile, and gives no time left while that is as much", () => {
    const written = (bytes: number, more: number) =>
      new Map([
        [0, new Map([["t-0", 1_000 + more]])],
        [1, new Map([["t-0", bytes]])],
      ]);
    assert.equal(rateOf(moving, at(200), written(600, 200), 4).secondsLeft, 12);
    const outrun = rateOf(moving, at(200), written(600, 400), 4);
    assert.deepEqual([outrun.bytesPerSecond, outrun.secondsLeft], [100, undefined]);
  });

  it("gives no time left while nothing arrives, or a broker does not answer", () => {
    assert.equal(rateOf(moving, at(200), at(200), 4).secondsLeft, undefined);
    assert.equal(rateOf(moving, at(undefined), at(600), 4).secondsLeft, undefined);
  });
});

describe("planReplicationFactors", () => {
  const brokers = [0, 1, 2].map((id) => ({ id, rack: `rack-${id}` }));
  const partitions = [
    { topic: "a", partition: 0, replicas: [0] },
    { topic: "a", partition: 1, replicas: [0] },
    { topic: "b", partition: 0, replicas: [0, 1, 2] },
  ];

  it("adds replicas to the brokers with the fewest, keeps existing ones, and moves no other topic", () => {
    const changes = planReplicationFactors(partitions, brokers, new Map([["a", 2]]));
    assert.deepEqual(
      changes.map(({ to }) => to[0]),
      [0, 0],
    );
    assert.deepEqual(changes.flatMap(addedReplicas).sort(), [1, 2]);
    assert.ok(changes.every(({ topic }) => topic === "a"));
  });

  it("removes the last replicas", () => {
    const changes = planReplicationFactors(partitions, brokers, new Map([["b", 1]]));
    assert.deepEqual(changes, [{ topic: "b", partition: 0, from: [0, 1, 2], to: [0] }]);
  });

  it("does nothing for a topic with the declared replicas", () => {
    assert.deepEqual(planReplicationFactors(partitions, brokers, new Map([["b", 3]])), []);
  });
});
