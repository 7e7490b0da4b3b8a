import { partitionKey, type SizesOnBroker } from "../log-dirs.js";
import { addedReplicas, type PlanChange } from "../plan/types.js";

/** Sizes of partitions by broker; a broker that did not answer is missing. */
export type Sizes = ReadonlyMap<number, SizesOnBroker>;

const sizeOn = (sizes: Sizes, broker: number, { topic, partition }: PlanChange): number =>
  sizes.get(broker)?.get(partitionKey(topic, partition)) ?? 0;

/** Bytes that a partition's new replica on a broker still lacks. */
export function bytesLeftOn(broker: number, change: PlanChange, sizes: Sizes): number {
  return Math.max(0, bytesOf(change, sizes) - sizeOn(sizes, broker, change));
}

/** Bytes that all new replicas of a partition still lack. */
export function bytesLeft(change: PlanChange, sizes: Sizes): number {
  return addedReplicas(change).reduce((sum, id) => sum + bytesLeftOn(id, change, sizes), 0);
}

/** Bytes of one complete replica. */
export function bytesOf(change: PlanChange, sizes: Sizes): number {
  return Math.max(0, ...change.from.map((id) => sizeOn(sizes, id, change)));
}

/** {@link bytesLeft} of many. */
export const totalLeft = (changes: readonly PlanChange[], sizes: Sizes): number =>
  changes.reduce((sum, change) => sum + bytesLeft(change, sizes), 0);

/** Bytes of new replicas on each broker that answered. */
export function bytesArrived(changes: readonly PlanChange[], sizes: Sizes): Map<number, number> {
  const arrived = new Map<number, number>();
  for (const change of changes) {
    for (const id of addedReplicas(change)) {
      if (sizes.has(id)) arrived.set(id, (arrived.get(id) ?? 0) + sizeOn(sizes, id, change));
    }
  }
  return arrived;
}
