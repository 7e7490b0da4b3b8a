import type { Cluster } from "../cluster.js";
import { partitionKey, readSizes, type SizesOnBroker } from "../log-dirs.js";
import { addedReplicas, type PlanChange } from "../plan/types.js";
import type { MovePort } from "./mover.js";
import { listOngoing, reassign } from "./reassignments.js";
import { removeThrottles, throttle } from "./throttle.js";

/** Moves replicas in a real cluster. */
export function clusterPort(cluster: Cluster, bytesPerSecond: number): MovePort {
  return {
    ongoing: () => listOngoing(cluster),
    reassign: (reassignments) => reassign(cluster, reassignments),
    throttle: (changes) => throttle(cluster, changes, bytesPerSecond),
    removeThrottles: () => removeThrottles(cluster),
    bytesLeft: (changes) => bytesLeft(cluster, changes),
  };
}

async function bytesLeft(cluster: Cluster, changes: readonly PlanChange[]): Promise<number> {
  const up = (await cluster.describe([])).brokers;
  const brokers = new Set(changes.flatMap((change) => [...change.from, ...change.to]));
  const topics = new Map(
    [...Map.groupBy(changes, ({ topic }) => topic)].map(([topic, members]) => [
      topic,
      members.map(({ partition }) => partition),
    ]),
  );
  const sizes = await readSizes(
    cluster,
    [...brokers].filter((id) => up.has(id)),
    topics,
  );
  return changes.reduce((sum, change) => sum + leftOf(change, sizes), 0);
}

function leftOf(change: PlanChange, sizes: ReadonlyMap<number, SizesOnBroker>): number {
  const key = partitionKey(change.topic, change.partition);
  const sizeOn = (id: number) => sizes.get(id)?.get(key) ?? 0;
  const whole = Math.max(0, ...change.from.map(sizeOn));
  return addedReplicas(change).reduce((sum, id) => sum + Math.max(0, whole - sizeOn(id)), 0);
}
