import type { Cluster } from "../cluster.js";
import { readLogDirs, readSizes } from "../log-dirs.js";
import { readPlacement } from "../placement.js";
import type { PlanChange } from "../plan/types.js";
import type { MovePort } from "./mover.js";
import { listOngoing, reassign } from "./reassignments.js";
import type { Disks } from "./room.js";
import type { Sizes } from "./sizes.js";
import { removeThrottles, throttle } from "./throttle.js";

/** Moves replicas in a real cluster. */
export function clusterPort(cluster: Cluster, bytesPerSecond: number): MovePort {
  const whole = new Set<string>();
  return {
    ongoing: () => listOngoing(cluster),
    placement: () => readPlacement(cluster),
    reassign: (reassignments) => reassign(cluster, reassignments),
    throttle: (changes) => throttle(cluster, changes, bytesPerSecond, whole),
    removeThrottles: () => removeThrottles(cluster),
    sizes: (changes) => sizesOf(cluster, changes),
    disks: (brokers) => disksOf(cluster, brokers),
    now: () => performance.now(),
    pause,
  };
}

/** The disks of those of `brokers` that are up and answer. */
export async function disksOf(cluster: Cluster, brokers: readonly number[]): Promise<Disks> {
  const up = (await cluster.describe([])).brokers;
  return readLogDirs(
    cluster,
    brokers.filter((id) => up.has(id)),
  );
}

/** Sizes of the partitions of `changes` on all brokers that hold or receive them. */
export async function sizesOf(cluster: Cluster, changes: readonly PlanChange[]): Promise<Sizes> {
  if (changes.length === 0) return new Map();
  const up = (await cluster.describe([])).brokers;
  const wanted = new Map<number, Map<string, number[]>>();
  for (const { topic, partition, from, to } of changes) {
    for (const broker of new Set([...from, ...to])) {
      if (!up.has(broker)) continue;
      const topics = wanted.get(broker) ?? new Map<string, number[]>();
      wanted.set(broker, topics);
      const partitions = topics.get(topic);
      if (partitions === undefined) topics.set(topic, [partition]);
      else partitions.push(partition);
    }
  }
  return readSizes(cluster, wanted);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
