import assert from "node:assert/strict";
import fc from "fast-check";
import { spread } from "../../src/ops/commands/redistribute.js";
import type { LogDirs } from "../../src/ops/log-dirs.js";
import { type BatchOptions, batchesWithRoom, lackAtOnce } from "../../src/ops/move/batches.js";
import { moveReplicas, type MoveOptions, sendReplicas } from "../../src/ops/move/mover.js";
import { copiesOf, type Disks, NoAnswerError, SMALL_BYTES, unmeasured } from "../../src/ops/move/room.js";
import type { PlanChange } from "../../src/ops/plan/types.js";
import { InterruptedError, RefusedError } from "../../src/ops/refused.js";
import { Killed, SimulatedCluster } from "./simulated-cluster.js";

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const never = new AbortController().signal;

const change = (partition: number, from: number[], to: number[]): PlanChange => ({ topic: "t", partition, from, to });

/** A broker whose directories have 100 GiB each, or a size that it cannot tell; what others have on them comes first. */
function broker(
  ...directories: (readonly [others: number | undefined, held: Readonly<Record<string, number>>])[]
): LogDirs {
  const all = directories.map(([others, held], index) => {
    const sizes = new Map(Object.entries(held).map(([key, gib]) => [key, gib * GIB]));
    const used = (others ?? 0) * GIB + [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
    const disk = others === undefined ? undefined : { totalBytes: 100 * GIB, usableBytes: 100 * GIB - used };
    return { path: `/data/${index}`, disk, sizes };
  });
  return { sizes: new Map(all.flatMap(({ sizes }) => [...sizes])), directories: all, failed: [] };
}

const disksOf = (brokers: Readonly<Record<number, LogDirs>>): Disks =>
  new Map(Object.entries(brokers).map(([id, dirs]) => [Number(id), dirs]));

describe("batches with room", () => {
  const options: BatchOptions = { batchBytes: 1_000 * GIB, diskLimit: 80, underWay: () => false };
  const batches = (changes: readonly PlanChange[], disks: Disks, more: Partial<BatchOptions> = {}) =>
    batchesWithRoom(changes, disks, { ...options, ...more }).map((batch) => batch.map(({ partition }) => partition));

  it("are cut by the bytes that a broker gets, and by nothing else where there is room", () => {
    const disks = disksOf({ 0: broker([0, { "t-0": 10, "t-1": 10, "t-2": 10 }]), 1: broker([0, {}]) });
    const changes = [0, 1, 2].map((partition) => change(partition, [0], [1]));
    assert.deepEqual(batches(changes, disks), [[0, 1, 2]]);
    assert.deepEqual(batches(changes, disks, { batchBytes: 20 * GIB }), [[0, 1], [2]]);
    assert.deepEqual(batches(changes, disks, { batchBytes: GIB }), [[0], [1], [2]]);
  });

  it("let what makes room go first", () => {
    const disks = disksOf({
      0: broker([0, { "t-0": 30 }]),
      1: broker([30, { "t-1": 40 }]),
      2: broker([0, {}]),
    });
    assert.deepEqual(batches([change(0, [0], [1]), change(1, [1], [2])], disks), [[1], [0]]);
  });

  it("are refused where two brokers would have to swap and neither has room for both, with what to do", () => {
    const disks = disksOf({ 0: broker([30, { "t-0": 40 }]), 1: broker([30, { "t-1": 40 }]) });
    assert.throws(
      () => batches([change(0, [0], [1]), change(1, [1], [0])], disks),
      /^RefusedError: Broker 1 has no room for t-0 \(40\.0 GiB\): its disk of 100\.0 GiB at \/data\/0 would hold 110\.0 GiB \(110\.0 %\), and the limit is 80 %\. Give it a larger disk, add brokers, or raise the limit \(operations\.rebalance\.diskLimit, or --disk-limit\)\.$/,
    );
  });

  it("let a disk above the limit lose bytes, and gain few", () => {
    const full = broker([85, { "t-0": 5 }]);
    assert.deepEqual(batches([change(0, [0], [1])], disksOf({ 0: full, 1: broker([0, {}]) })), [[0]]);
    assert.throws(
      () => batches([change(0, [1], [0])], disksOf({ 0: broker([85, {}]), 1: broker([0, { "t-0": 1 }]) })),
      /at \/data\/0 holds 85\.0 GiB \(85\.0 %\), so it takes no more than 64\.0 MiB in all, up to 95 %, and the limit is 80 %/,
    );
    assert.deepEqual(batches([change(0, [1], [0])], disksOf({ 0: broker([85, {}]), 1: broker([0, { "t-0": 0 }]) })), [
      [0],
    ]);
  });

  it("let each disk take 64 MiB in all however full it is, up to 95 %, or up to a higher limit", () => {
    const from = broker([0, { "t-0": 40 / 1_024, "t-1": 24 / 1_024, "t-2": 1 / 1_024 }]);
    const changes = [0, 1, 2].map((partition) => change(partition, [0], [1]));
    const onto = (others: number) => disksOf({ 0: from, 1: broker([others, {}]) });
    assert.deepEqual(batches(changes.slice(0, 2), onto(85)), [[0, 1]]);
    assert.deepEqual(batches(changes.slice(0, 2), onto(85), { batchBytes: 1 }), [[0], [1]]);
    for (const batchBytes of [1, GIB]) {
      assert.throws(() => batches(changes, onto(85), { batchBytes }), /no room for t-2 \(1\.0 MiB\)/);
    }
    assert.deepEqual(batches(changes, onto(79)), [[0, 1, 2]]);
    assert.deepEqual(batches(changes.slice(0, 1), onto(94.9)), [[0]]);
    assert.throws(() => batches(changes.slice(0, 1), onto(94.99)), /no room for t-0/);
    assert.deepEqual(batches(changes, onto(96), { diskLimit: 97 }), [[0, 1, 2]]);
    const lack = (earlier: PlanChange[]) => {
      const disks = disksOf({ 0: from, 1: broker([85, { "t-0": 40 / 1_024 }]) });
      return lackAtOnce([change(1, [0], [1]), change(2, [0], [1])], disks, { ...options, earlier })?.copy.key;
    };
    assert.deepEqual([lack([]), lack([change(0, [0], [1])])], [undefined, "t-2"]);
  });

  it("have the room that removals before them make", () => {
    const disks = disksOf({ 0: broker([0, { "t-0": 30 }]), 1: broker([30, { "t-1": 40 }]), 2: broker([0, {}]) });
    assert.throws(() => batches([change(0, [0], [1])], disks), /no room for t-0/);
    assert.deepEqual(batches([change(0, [0], [1])], disks, { orders: [change(1, [1, 2], [2])] }), [[0]]);
  });

  it("count of a replica that is there in part only what it lacks", () => {
    const disks = disksOf({ 0: broker([0, { "t-0": 60 }]), 1: broker([20, { "t-0": 55 }]) });
    assert.deepEqual(batches([change(0, [0], [1])], disks), [[0]]);
  });

  it("begin with all that is under way, which takes the room of others", () => {
    const disks = disksOf({ 0: broker([0, { "t-0": 60, "t-1": 30 }]), 1: broker([30, {}]) });
    const underWay = ({ partition }: PlanChange) => partition === 0;
    assert.deepEqual(batches([change(0, [0], [1])], disks, { underWay }), [[0]]);
    assert.throws(() => batches([change(0, [0], [1]), change(1, [0], [1])], disks, { underWay }), /no room for t-1/);
  });

  it("take the directory that Kafka takes: the one with the fewest replicas", () => {
    const from = broker([0, { "t-0": 30, "t-1": 30 }]);
    const fits = broker([75, { "a-0": 0 }], [0, {}]);
    assert.deepEqual(batches([change(0, [0], [1])], disksOf({ 0: from, 1: fits })), [[0]]);
    const not = broker([75, {}], [0, { "a-0": 0 }]);
    assert.throws(
      () => batches([change(0, [0], [1])], disksOf({ 0: from, 1: not })),
      /at \/data\/0 would hold 105\.0 GiB/,
    );
    // Both are equally good to Kafka: nobody knows which it takes, so the fuller one counts.
    const either = broker([0, {}], [75, {}]);
    assert.throws(
      () => batches([change(0, [0], [1])], disksOf({ 0: from, 1: either })),
      /at \/data\/1 would hold 105\.0 GiB/,
    );
  });

  it("are refused where a broker does not answer, or nobody says how large a partition is", () => {
    const changes = [change(0, [0, 2], [1, 2])];
    const held = broker([0, { "t-0": 10 }]);
    assert.throws(
      () => batches(changes, disksOf({ 0: held, 2: held })),
      /^RefusedError: Broker 1 does not say how full/,
    );
    assert.throws(
      () => batches(changes, disksOf({ 0: held, 1: { ...held, directories: [] } })),
      /Broker 1 does not say/,
    );
    const empty = broker([0, {}]);
    assert.deepEqual(batches(changes, disksOf({ 1: empty, 2: held })), [[0]]);
    assert.throws(
      () => batches(changes, disksOf({ 1: empty, 2: empty })),
      /^RefusedError: Nobody says how large t-0 is, because broker 0/,
    );
    assert.throws(
      () => batches(changes, disksOf({ 0: { ...empty, failed: ["/data/1"] }, 1: empty, 2: empty })),
      /because broker 0 does not answer or has lost a disk/,
    );
    // A topic that was deleted a moment ago.
    assert.deepEqual(batches(changes, disksOf({ 0: empty, 1: empty, 2: empty })), [[0]]);
  });

  it("let through what goes to a disk whose size its broker cannot tell, and say so", () => {
    const disks = disksOf({ 0: broker([0, { "t-0": 90 }]), 1: broker([undefined, {}]) });
    const changes = [change(0, [0], [1])];
    assert.deepEqual(batches(changes, disks), [[0]]);
    assert.deepEqual(unmeasured(copiesOf(changes, disks), disks), [
      "Broker 1 cannot tell the size of the disk of /data/0, so its room is not checked.",
    ]);
  });

  it("need room for everything at once where all is handed to Kafka", () => {
    const disks = disksOf({ 0: broker([0, { "t-0": 30 }]), 1: broker([30, { "t-1": 40 }]), 2: broker([0, {}]) });
    const changes = [change(0, [0], [1]), change(1, [1], [2])];
    const { broker: id, path, copy } = lackAtOnce(changes, disks, options) ?? {};
    assert.deepEqual([id, path, copy?.key], [1, "/data/0", "t-0"]);
    assert.equal(lackAtOnce(changes, disks, { ...options, diskLimit: 100 }), undefined);
  });
});

describe("a move with little room", () => {
  const lines: string[] = [];
  const options: MoveOptions = {
    batchBytes: 100 * GIB,
    diskLimit: 80,
    stallMs: 900_000,
    pollMs: 100,
    reportMs: 500,
    print: (line) => lines.push(line),
    signal: never,
  };

  beforeEach(() => (lines.length = 0));

  it("waits until Kafka has deleted what has left", async () => {
    const cluster = new SimulatedCluster([0, 1, 2], 100 * GIB);
    cluster.diskBytes = 100 * GIB;
    cluster.add("t", 0, [0], 30 * GIB);
    cluster.add("t", 1, [1], 60 * GIB);
    cluster.watch();
    await moveReplicas(cluster, [change(0, [0], [1]), change(1, [1], [2])], options);
    assert.deepEqual(cluster.replicasOf("t", 0), [1]);
    assert.ok((cluster.most.get(1) ?? Infinity) <= 80 * GIB);
    assert.ok(
      lines.includes("Waiting for room on broker 1: Kafka deletes what has moved away a minute later."),
      lines.join("\n"),
    );
  });

  it("ends when others have taken the room meanwhile, and leaves what was moved", async () => {
    const cluster = new SimulatedCluster([0, 1, 2], 100 * GIB);
    cluster.diskBytes = 100 * GIB;
    cluster.add("t", 0, [0], 30 * GIB);
    cluster.add("t", 1, [1], 60 * GIB);
    cluster.onLook = () => {
      if (cluster.replicasOf("t", 1).join() === "2") cluster.others.set(1, 70 * GIB);
    };
    await assert.rejects(
      moveReplicas(cluster, [change(0, [0], [1]), change(1, [1], [2])], options),
      /Broker 1 has no room for t-0 .* raise the limit .*; what was moved stays, and the next run continues\. Brokers delete what has left after `file\.delete\.delay\.ms`.* longer than 15 min, raise operations\.rebalance\.stallSeconds \(--stall\)\.$/,
    );
    assert.deepEqual([cluster.replicasOf("t", 1), cluster.throttles], [[2], 0]);
  });

  describe("while a broker is silent", () => {
    let cluster: SimulatedCluster;
    const changes = [change(0, [0], [1]), change(1, [0], [1])];
    const inTurn = { ...options, batchBytes: GIB };
    const moved = () => [0, 1].map((partition) => cluster.replicasOf("t", partition)[0]);

    beforeEach(() => {
      cluster = new SimulatedCluster([0, 1, 2], GIB);
      cluster.diskBytes = 100 * GIB;
      cluster.add("t", 0, [0], GIB);
      cluster.add("t", 1, [0], GIB);
    });

    for (const broker of [0, 1]) {
      const line = `Waiting for broker ${broker} to say what is on its disks.`;

      it(`asks broker ${broker} again for a minute before anything moves`, async () => {
        cluster.silent = (id, now) => id === broker && now < 50_000;
        await moveReplicas(cluster, changes, inTurn);
        assert.deepEqual([moved(), lines.filter((each) => each === line).length], [[1, 1], 1]);
      });

      it(`refuses when broker ${broker} stays silent, and moves nothing`, async () => {
        cluster.silent = (id) => id === broker;
        await assert.rejects(moveReplicas(cluster, changes, inTurn), NoAnswerError);
        await assert.rejects(sendReplicas(cluster, changes, inTurn), NoAnswerError);
        assert.deepEqual([moved(), cluster.copied, cluster.now()], [[0, 0], 0, 120_000]);
      });

      it(`waits for broker ${broker} between batches as long as for room, and then leaves what was moved`, async () => {
        let began = Infinity;
        const away = (milliseconds: number) => (id: number, now: number) => {
          if (moved()[0] === 1) began = Math.min(began, now);
          return id === broker && now >= began && now < began + milliseconds;
        };
        cluster.silent = away(800_000);
        await moveReplicas(cluster, changes, inTurn);
        assert.deepEqual([moved(), lines.filter((each) => each === line).length], [[1, 1], 1]);

        await moveReplicas(cluster, [change(0, [1], [0]), change(1, [1], [0])], options);
        began = Infinity;
        cluster.silent = away(Infinity);
        await assert.rejects(moveReplicas(cluster, changes, inTurn), NoAnswerError);
        assert.deepEqual([moved(), cluster.throttles], [[1, 0], 0]);
      });
    }

    it("asks again for the bytes to even out, too", async () => {
      const run = { ...options, brokers: [0, 1, 2], throttle: GIB, stall: 900, dryRun: false, evenBytes: true };
      cluster.silent = (id, now) => id === 0 && now < 20_000;
      assert.equal(await spread(cluster, run), true);
    });

    it("stops waiting when it is asked to", async () => {
      const stopping = new AbortController();
      cluster.silent = (id, now) => {
        if (now >= 10_000) stopping.abort();
        return id === 1;
      };
      await assert.rejects(
        moveReplicas(cluster, changes, { ...inTurn, signal: stopping.signal }),
        (error) => error instanceof InterruptedError,
      );
    });
  });

  it("has the room that its own removals make, once Kafka has deleted them", async () => {
    const cluster = new SimulatedCluster([0, 1, 2], 100 * GIB);
    cluster.diskBytes = 100 * GIB;
    cluster.add("t", 0, [0], 30 * GIB);
    cluster.add("t", 1, [1, 2], 60 * GIB);
    cluster.watch();
    await moveReplicas(cluster, [change(0, [0], [1]), change(1, [1, 2], [2])], options);
    assert.deepEqual([cluster.replicasOf("t", 0), cluster.replicasOf("t", 1)], [[1], [2]]);
    assert.ok((cluster.most.get(1) ?? Infinity) <= 80 * GIB);
  });

  it("takes small replicas onto disks that others have filled", async () => {
    const cluster = new SimulatedCluster([0, 1], 100 * GIB);
    cluster.diskBytes = 100 * GIB;
    for (const partition of [0, 1, 2]) cluster.add("t", partition, [0], partition < 2 ? 30 * MIB : 5 * MIB);
    cluster.others.set(1, 90 * GIB);
    const all = [0, 1, 2].map((partition) => change(partition, [0], [1]));
    await assert.rejects(moveReplicas(cluster, all, { ...options, batchBytes: 1 }), /no room for t-2/);
    assert.equal(cluster.copied, 0);
    await moveReplicas(cluster, all.slice(0, 2), { ...options, batchBytes: 1 });
    assert.deepEqual(cluster.replicasOf("t", 1), [1]);
  });

  it("is refused before anything moves, when it is handed over, too", async () => {
    const cluster = new SimulatedCluster([0, 1], 100 * GIB);
    cluster.diskBytes = 100 * GIB;
    cluster.add("t", 0, [0, 1], GIB);
    cluster.add("t", 1, [0], 30 * GIB);
    cluster.others.set(1, 60 * GIB);
    const changes = [change(0, [0, 1], [1, 0]), change(1, [0], [1])];
    await assert.rejects(moveReplicas(cluster, changes, options), /Broker 1 has no room for t-1/);
    await assert.rejects(
      sendReplicas(cluster, changes, options),
      /or wait for the moves \(operations\.rebalance\.wait/,
    );
    assert.deepEqual([cluster.copied, cluster.replicasOf("t", 0)], [0, [0, 1]]);
    await moveReplicas(cluster, changes, { ...options, diskLimit: 95 });
    assert.deepEqual(cluster.replicasOf("t", 1), [1]);
  });

  it("makes no disk fuller than the limit or 64 MiB more than it was, whatever moves, in whatever order, and whoever is killed", async () => {
    const world = fc.record({
      partitions: fc.array(
        fc.record({
          replicas: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 1, maxLength: 3 }),
          mib: fc.oneof(fc.nat(100 * 1_024), fc.nat(80)),
        }),
        { minLength: 1, maxLength: 12 },
      ),
      others: fc.array(fc.nat(500 * 1_024), { minLength: 6, maxLength: 6 }),
      diskMib: fc.integer({ min: 100 * 1_024, max: 1_200 * 1_024 }),
      deleteAfterMs: fc.constantFrom(0, 60_000, 200_000),
      batchMib: fc.constantFrom(1, 50 * 1_024, 400 * 1_024),
      wanted: fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 3 }),
      handOver: fc.boolean(),
      evenBytes: fc.boolean(),
      life: fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: Infinity }),
    });
    let refused = 0;
    let done = 0;
    await fc.assert(
      fc.asyncProperty(world, async ({ partitions, others, wanted, ...given }) => {
        const cluster = new SimulatedCluster([0, 1, 2, 3, 4, 5], 10 * GIB);
        partitions.forEach(({ replicas, mib }, index) => {
          cluster.add(`topic-${index}`, 0, replicas, mib * MIB);
        });
        others.forEach((mib, id) => cluster.others.set(id, mib * MIB));
        cluster.diskBytes = given.diskMib * MIB;
        cluster.deleteAfterMs = given.deleteAfterMs;
        cluster.watch();
        const before = new Map(cluster.most);
        const run = { ...given, throttle: cluster.rate, batchBytes: given.batchMib * MIB, stall: 900 };
        for (const life of [given.life, Infinity]) {
          cluster.killAt = cluster.now() + life;
          await spread(cluster, { ...run, brokers: wanted, dryRun: false, print: () => undefined, signal: never }).then(
            () => (done += 1),
            (error: unknown) => {
              if (error instanceof RefusedError) refused += 1;
              else if (!(error instanceof Killed)) throw error;
            },
          );
          cluster.revive();
        }
        cluster.advance(3_600_000);
        for (const [id, most] of cluster.most) {
          const full = Math.max(0.8 * cluster.diskBytes, before.get(id) ?? 0);
          // 64 MiB for each of the two runs, but nothing above 95 %.
          const allowed = Math.max(full, Math.min(full + 2 * SMALL_BYTES, 0.95 * cluster.diskBytes));
          assert.ok(most <= allowed + 1, `broker ${id} had ${most / MIB} MiB of ${allowed / MIB}`);
        }
      }),
      { numRuns: 300, interruptAfterTimeLimit: 40_000, timeout: 30_000 },
    );
    assert.ok(refused > 0 && done > 0, `${refused} refused, ${done} done`);
  });
});
