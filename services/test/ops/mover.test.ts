import assert from "node:assert/strict";
import fc from "fast-check";
import { planChanges, spread } from "../../src/ops/commands/redistribute.js";
import { type MoveOptions, moveReplicas, sendReplicas, settle } from "../../src/ops/move/mover.js";
import type { PlanChange } from "../../src/ops/plan/types.js";
import { RefusedError } from "../../src/ops/refused.js";
import { Killed, SimulatedCluster } from "./simulated-cluster.js";

const MIB = 2 ** 20;
const GB = 1e9;
const never = new AbortController().signal;

function change(partition: number, from: number[], to: number[]): PlanChange {
  return { topic: "t", partition, from, to };
}

describe("moveReplicas", () => {
  let cluster: SimulatedCluster;
  let lines: string[];
  let stopping: AbortController;
  let options: MoveOptions;
  const changes = Array.from({ length: 7 }, (_, index) => change(index, [0, 1], index < 5 ? [0, 2] : [1, 0]));
  const arrived = () => changes.filter(({ partition, to }) => sameAs(cluster.replicasOf("t", partition), to)).length;

  beforeEach(() => {
    cluster = new SimulatedCluster([0, 1, 2], MIB);
    for (const { topic, partition, from } of changes) cluster.add(topic, partition, from, MIB);
    lines = [];
    stopping = new AbortController();
    options = {
      batchBytes: 2 * MIB,
      diskLimit: 80,
      stallMs: 60_000,
      pollMs: 100,
      reportMs: 500,
      print: (line) => lines.push(line),
      signal: stopping.signal,
    };
  });

  it("moves everything, copies at most a batch at once, and leaves no throttle", async () => {
    await moveReplicas(cluster, changes, options);
    assert.equal(arrived(), changes.length);
    assert.equal(cluster.mostAtOnce, 2);
    assert.deepEqual([cluster.throttles, cluster.unthrottled], [0, 0]);
  });

  it("copies a partition that is larger than a batch alone", async () => {
    await moveReplicas(cluster, changes, { ...options, batchBytes: 1 });
    assert.equal(arrived(), changes.length);
    assert.equal(cluster.mostAtOnce, 1);
  });

  it("reports its progress", async () => {
    await moveReplicas(cluster, changes, options);
    assert.match(lines[0] ?? "", /^0 of 5 partitions moved, 4\.\d MiB left\.$/);
    assert.ok(
      lines.some((line) => line.startsWith("4 of 5 partitions moved, ")),
      lines.join("\n"),
    );
    assert.equal(new Set(lines).size, lines.length);
  });

  it("touches no throttle when nothing has to be copied", async () => {
    cluster.throttle = () => assert.fail("set a throttle");
    await moveReplicas(cluster, changes.slice(5), options);
  });

  it("leaves what is under way, with its throttle, on an interruption, and the next run takes it over", async () => {
    let looks = 0;
    cluster.onLook = () => {
      looks += 1;
      if (looks === 30) stopping.abort();
    };
    await assert.rejects(
      moveReplicas(cluster, changes, options),
      /goes on, with its throttle; the next run takes it over/,
    );
    assert.equal((await cluster.ongoing()).length, 2);
    assert.ok(cluster.throttles > 0);
    const half = cluster.copied;
    assert.ok(half > 0 && half < 5 * MIB);
    await moveReplicas(cluster, changes, { ...options, signal: never });
    assert.equal(arrived(), changes.length);
    assert.deepEqual([(await cluster.ongoing()).length, cluster.throttles, cluster.unthrottled], [0, 0, 0]);
    assert.ok(cluster.copied <= 5 * MIB + 1, `${cluster.copied} bytes were copied`);
  });

  it("ends when copying makes no progress, not after a fixed time, and names what stands still", async () => {
    await moveReplicas(cluster, changes.slice(0, 2), { ...options, stallMs: 1_000 });
    cluster.rate = 0;
    const stalled = moveReplicas(cluster, changes.slice(2), options);
    await assert.rejects(
      stalled,
      /^RefusedError: Nothing was copied for 60 s: 2 partitions under way, such as t-2 from 0, 1 to 0, 2\./,
    );
    assert.equal((await cluster.ongoing()).length, 2);
    assert.ok(cluster.throttles > 0);
  });

  it("is patient with slow copying", async () => {
    cluster.rate = 1_000;
    await moveReplicas(cluster, changes.slice(0, 1), options);
    assert.ok(cluster.now() > 10 * options.stallMs);
  });

  it("says that it does not end where as much is written as is copied, and ends when that is over", async () => {
    cluster.writing = 2 * MIB;
    const print = (line: string) => {
      lines.push(line);
      if (line.startsWith("No less is left")) cluster.writing = 0;
    };
    await moveReplicas(cluster, changes.slice(0, 1), { ...options, print });
    const warnings = lines.filter((line) => !line.includes(" moved, "));
    assert.equal(warnings.length, 1, warnings.join("\n"));
    assert.match(
      warnings[0] ?? "",
      /^No less is left than 15 min ago, although bytes arrive: .* higher throttle \(operations\.rebalance\.throttle/,
    );
    assert.equal(arrived(), 1);
  });

  it("has nothing to say where more is copied than is written", async () => {
    cluster.writing = 0.95 * MIB;
    await moveReplicas(cluster, changes.slice(0, 1), options);
    assert.ok(
      lines.every((line) => line.includes(" moved, ")),
      lines.join("\n"),
    );
  });

  it("removes the throttle when Kafka refuses and nothing is under way", async () => {
    cluster.reassign = () => Promise.reject(new RefusedError("No."));
    await assert.rejects(moveReplicas(cluster, changes, options), /No\./);
    assert.equal(cluster.throttles, 0);
  });

  it("ends when another run moves its partitions elsewhere", async () => {
    let looks = 0;
    cluster.onLook = () => {
      looks += 1;
      if (looks === 10) void cluster.reassign([{ topic: "t", partition: 0, replicas: [2, 1] }]);
    };
    await assert.rejects(
      moveReplicas(cluster, changes.slice(0, 5), options),
      /t-0 was sent to 0, 2 and has the target 2, 1 now/,
    );
  });

  it("ends when another run cancels its reassignments, which looks like their end", async () => {
    let looks = 0;
    cluster.onLook = () => {
      looks += 1;
      if (looks === 10) void cluster.reassign([{ topic: "t", partition: 0, replicas: [0, 1] }]);
    };
    await assert.rejects(
      moveReplicas(cluster, changes.slice(0, 5), options),
      /t-0 was sent to 0, 2 and has the target 0, 1 now/,
    );
    assert.ok(arrived() <= 1);
  });

  it("waits in settle for moves that were handed over, and then removes their throttle", async () => {
    await sendReplicas(cluster, changes, options);
    assert.ok(cluster.throttles > 0);
    await settle(cluster, options);
    assert.equal(arrived(), changes.length);
    assert.deepEqual([cluster.throttles, cluster.unthrottled], [0, 0]);
  });

  it("removes in settle a killed run's throttle when nothing moves", async () => {
    await cluster.throttle(changes);
    await settle(cluster, options);
    assert.equal(cluster.throttles, 0);
  });
});

describe("a move whose runs are killed", () => {
  /** Runs until one run was not killed; `next` returns each run's lifetime, in milliseconds. */
  async function untilDone(
    cluster: SimulatedCluster,
    brokers: () => readonly number[],
    next: () => number,
  ): Promise<void> {
    for (;;) {
      cluster.revive();
      cluster.killAt = cluster.now() + next();
      const run = { throttle: cluster.rate, stall: 900, print: () => undefined, signal: never, dryRun: false };
      try {
        await spread(cluster, { ...run, brokers: brokers() });
        return;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        cluster.revive();
        cluster.advance(5_000);
      }
    }
  }

  it("ends after 100 kills at random moments, and copies nothing twice: 300 partitions of 20 GB at 50 MiB/s", async function () {
    this.timeout(120_000);
    const cluster = new SimulatedCluster([0, 1, 2], 50 * MIB);
    for (let partition = 0; partition < 300; partition += 1) {
      cluster.add("large", partition, [partition % 3, (partition + 1) % 3], 20 * GB);
    }
    cluster.start(3);
    // A broker's share of 600 replicas.
    const bytes = 150 * 20 * GB;
    const random = seeded(20_241_127);
    let kills = 0;
    await untilDone(
      cluster,
      () => [0, 1, 2, 3],
      () => (kills++ < 100 ? random() * 2 * 570_000 : Infinity),
    );
    assert.equal(kills, 101);
    assert.ok(cluster.copied >= bytes - 1 && cluster.copied <= 1.1 * bytes, `${cluster.copied} of ${bytes} bytes`);
    assert.deepEqual([(await cluster.ongoing()).length, cluster.throttles, cluster.unthrottled], [0, 0, 0]);
    assert.deepEqual(planChanges(await cluster.placement(), [0, 1, 2, 3]), []);
  });

  it("ends wherever the brokers are changed and runs are killed, keeps every replication factor, and leaves no throttle", async () => {
    const partition = fc.record({
      replicas: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 1, maxLength: 3 }),
      mib: fc.nat(400),
    });
    const wanted = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 3 });
    const world = fc.record({
      partitions: fc.array(partition, { minLength: 1, maxLength: 12 }),
      runs: fc.array(fc.record({ wanted, lives: fc.integer({ min: 0, max: 60_000 }) }), { maxLength: 6 }),
      last: wanted,
    });
    await fc.assert(
      fc.asyncProperty(world, async ({ partitions, runs, last }) => {
        const cluster = new SimulatedCluster([0, 1, 2, 3, 4, 5], 10 * MIB);
        partitions.forEach(({ replicas, mib }, index) => {
          cluster.add(`topic-${index}`, 0, replicas, mib * MIB);
        });
        let run = 0;
        const current = () => runs[run] ?? { wanted: last, lives: Infinity };
        for (; run <= runs.length; run += 1) {
          cluster.killAt = cluster.now() + current().lives;
          const options = { throttle: cluster.rate, stall: 900, print: () => undefined, signal: never, dryRun: false };
          await spread(cluster, { ...options, brokers: current().wanted }).catch((error: unknown) => {
            if (!(error instanceof Killed)) throw error;
          });
          cluster.revive();
        }
        const { partitions: placed } = await cluster.placement();
        placed.forEach(({ topic, replicas }) => {
          const before = partitions[Number(topic.split("-")[1])]?.replicas ?? [];
          assert.equal(replicas.length, before.length, topic);
          assert.ok(
            replicas.every((id) => last.includes(id)),
            `${topic} is on ${replicas.join(", ")}`,
          );
        });
        assert.deepEqual(planChanges(await cluster.placement(), last), []);
        assert.deepEqual([(await cluster.ongoing()).length, cluster.throttles, cluster.unthrottled], [0, 0, 0]);
      }),
      { numRuns: 200, interruptAfterTimeLimit: 20_000, timeout: 30_000 },
    );
  });
});

function sameAs(one: readonly number[], other: readonly number[]): boolean {
  return one.join() === other.join();
}

/** Numbers from 0 to 1, the same ones for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
