import assert from "node:assert/strict";
import { type MoveOptions, type MovePort, moveReplicas } from "../../src/ops/move/mover.js";
import type { Ongoing, Reassignment } from "../../src/ops/move/reassignments.js";
import { addedReplicas, type PlanChange } from "../../src/ops/plan/types.js";
import { RefusedError } from "../../src/ops/refused.js";

/** A cluster whose copies take some looks to be done. */
class FakeCluster implements MovePort {
  readonly events: string[] = [];
  readonly replicas = new Map<string, readonly number[]>();
  readonly #going = new Map<string, { ongoing: Ongoing; looks: number }>();
  throttled = false;
  mostAtOnce = 0;
  onLook: () => void = () => undefined;

  ongoing(): Promise<readonly Ongoing[]> {
    this.onLook();
    for (const [key, move] of this.#going) {
      move.looks -= 1;
      if (move.looks >= 0) continue;
      this.replicas.set(key, move.ongoing.target);
      this.#going.delete(key);
    }
    return Promise.resolve([...this.#going.values()].map(({ ongoing }) => ongoing));
  }

  reassign(reassignments: readonly Reassignment[]): Promise<void> {
    for (const { topic, partition, replicas } of reassignments) {
      const key = `${topic}-${partition}`;
      if (replicas === undefined) this.#going.delete(key);
      else {
        const held = this.replicas.get(key) ?? [];
        const adding = replicas.filter((id) => !held.includes(id));
        if (adding.length > 0) assert.ok(this.throttled, `${key} is copied without a throttle`);
        this.#going.set(key, {
          ongoing: { topic, partition, target: replicas, adding },
          looks: adding.length > 0 ? 3 : 0,
        });
      }
    }
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#going.size);
    return Promise.resolve();
  }

  throttle(changes: readonly PlanChange[]): Promise<void> {
    this.throttled = true;
    this.events.push(`throttle ${changes.length}`);
    return Promise.resolve();
  }

  removeThrottles(): Promise<void> {
    this.throttled = false;
    this.events.push("no throttle");
    return Promise.resolve();
  }

  bytesLeft(changes: readonly PlanChange[]): Promise<number> {
    return Promise.resolve(changes.flatMap(addedReplicas).length * 1_048_576);
  }

  get underWay(): number {
    return this.#going.size;
  }
}

function change(partition: number, from: number[], to: number[]): PlanChange {
  return { topic: "t", partition, from, to };
}

describe("moveReplicas", () => {
  let cluster: FakeCluster;
  let lines: string[];
  let stopping: AbortController;
  let options: MoveOptions;
  const changes = Array.from({ length: 7 }, (_, index) => change(index, [0, 1], index < 5 ? [0, 2] : [1, 0]));

  beforeEach(() => {
    cluster = new FakeCluster();
    for (const { topic, partition, from } of changes) cluster.replicas.set(`${topic}-${partition}`, from);
    lines = [];
    stopping = new AbortController();
    options = { batch: 2, pollMs: 1, reportMs: 0, print: (line) => lines.push(line), signal: stopping.signal };
  });

  it("moves everything, not too much at once, and leaves no throttle", async () => {
    await moveReplicas(cluster, changes, options);
    for (const { topic, partition, to } of changes) assert.deepEqual(cluster.replicas.get(`${topic}-${partition}`), to);
    assert.equal(cluster.mostAtOnce, 2);
    assert.deepEqual(cluster.events, ["throttle 2", "throttle 2", "throttle 1", "no throttle"]);
  });

  it("says how far it is", async () => {
    await moveReplicas(cluster, changes, options);
    assert.ok(lines.includes("0 of 5 partitions moved, 5.0 MiB left."), lines.join("\n"));
    assert.ok(lines.includes("4 of 5 partitions moved, 1.0 MiB left."), lines.join("\n"));
    assert.equal(new Set(lines).size, lines.length);
  });

  it("touches no throttle when nothing has to be copied", async () => {
    await moveReplicas(cluster, changes.slice(5), options);
    assert.deepEqual(cluster.events, []);
  });

  it("calls off what is under way and removes the throttle when it is interrupted", async () => {
    let looks = 0;
    cluster.onLook = () => {
      looks += 1;
      if (looks === 8) stopping.abort();
    };
    await assert.rejects(moveReplicas(cluster, changes, options), /Interrupted/);
    assert.equal(cluster.underWay, 0);
    assert.equal(cluster.throttled, false);
    const moved = changes.filter(({ partition, to }) => cluster.replicas.get(`t-${partition}`) === to).length;
    assert.ok(moved > 0 && moved < changes.length);
  });

  it("removes the throttle when Kafka refuses", async () => {
    cluster.reassign = () => Promise.reject(new RefusedError("No."));
    await assert.rejects(moveReplicas(cluster, changes, options), /No\./);
    assert.equal(cluster.throttled, false);
  });
});
