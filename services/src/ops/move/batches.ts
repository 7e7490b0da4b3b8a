import { addedReplicas, type PlanChange } from "../plan/types.js";
import { bytesOf, type Sizes } from "./sizes.js";

/** Partitions per batch, however small: the controller handles this many in one request without delay. */
export const MOST_PARTITIONS = 1_000;

/**
 * Cuts changes into batches by size: no broker gets more than `bytesPerBroker` in one batch, but a batch has at least one partition. All brokers copy
 * at once, and little is under way when plans change.
 *
 * @param underWay - whether Kafka already copies a change; all of these are in the first batch
 */
export function cutIntoBatches(
  changes: readonly PlanChange[],
  sizes: Sizes,
  bytesPerBroker: number,
  underWay: (change: PlanChange) => boolean,
): PlanChange[][] {
  let waiting = changes.filter((change) => !underWay(change));
  let batch = changes.filter(underWay);
  const batches: PlanChange[][] = [];
  while (batch.length > 0 || waiting.length > 0) {
    const load = new Map<number, number>();
    const add = (change: PlanChange) => {
      const bytes = bytesOf(change, sizes);
      for (const id of addedReplicas(change)) load.set(id, (load.get(id) ?? 0) + bytes);
    };
    batch.forEach(add);
    const left: PlanChange[] = [];
    for (const change of waiting) {
      const bytes = bytesOf(change, sizes);
      const fits = addedReplicas(change).every((id) => !load.has(id) || (load.get(id) ?? 0) + bytes <= bytesPerBroker);
      if (fits && batch.length < MOST_PARTITIONS) {
        batch.push(change);
        add(change);
      } else left.push(change);
    }
    batches.push(batch);
    waiting = left;
    batch = [];
  }
  return batches;
}
