import type { PlanChange } from "../plan/types.js";
import { copiesOf, copiesUnderWay, type Copy, type Disks, type Lack, noRoom, Room } from "./room.js";

/** Partitions per batch, however small: the controller handles this many in one request without delay. */
export const MOST_PARTITIONS = 1_000;

/** How to cut changes into batches. */
export interface BatchOptions {
  /** Bytes for a broker to copy per batch. */
  readonly batchBytes: number;
  /** Percent of a disk that may be used. */
  readonly diskLimit: number;
  /** Whether Kafka already copies a change. */
  readonly underWay: (change: PlanChange) => boolean;
  /** What is carried out before: replicas that are only removed make room. */
  readonly orders?: readonly PlanChange[] | undefined;
}

/**
 * Cuts changes into batches by size: no broker gets more than `batchBytes` in one batch, but a batch has at least one partition. All brokers copy at
 * once, and little is under way when plans change.
 *
 * No disk passes the limit on the way: while a batch is copied, disks hold its new replicas beside those that it will remove. What has no room yet
 * comes after what makes room. Changes under way are all in the first batch, because Kafka copies them whatever this decides.
 *
 * @throws {@link RefusedError} naming a broker without room, when no order is found that ends.
 */
export function batchesWithRoom(changes: readonly PlanChange[], disks: Disks, options: BatchOptions): PlanChange[][] {
  const { batchBytes, diskLimit, underWay, orders = [] } = options;
  const room = new Room(disks, diskLimit);
  copiesUnderWay(orders, disks).forEach((order) => {
    room.release(order);
  });
  let waiting = copiesOf(
    changes.filter((change) => !underWay(change)),
    disks,
  );
  let batch = copiesUnderWay(changes.filter(underWay), disks);
  batch.forEach((copy) => {
    room.fill(copy);
  });
  const batches: PlanChange[][] = [];
  while (batch.length > 0 || waiting.length > 0) {
    const load = new Map<number, number>();
    const add = ({ added, bytes }: Copy) => {
      for (const { broker } of added) load.set(broker, (load.get(broker) ?? 0) + bytes);
    };
    batch.forEach(add);
    const left: Copy[] = [];
    let lack: Lack | undefined;
    for (const copy of waiting) {
      const small = copy.added.every(
        ({ broker }) => !load.has(broker) || (load.get(broker) ?? 0) + copy.bytes <= batchBytes,
      );
      if (!small || batch.length >= MOST_PARTITIONS) {
        left.push(copy);
        continue;
      }
      const lacking = room.lackOf(copy);
      if (lacking === undefined) {
        batch.push(copy);
        add(copy);
        room.fill(copy);
      } else {
        lack ??= lacking;
        left.push(copy);
      }
    }
    if (batch.length === 0 && lack !== undefined) throw noRoom(lack, diskLimit, "");
    batches.push(batch.map(({ change }) => change));
    batch.forEach((copy) => {
      room.release(copy);
    });
    waiting = left;
    batch = [];
  }
  return batches;
}

/**
 * The first replica without room when all changes are copied at once and nothing is removed meanwhile.
 *
 * @param options - also what earlier batches of the same move have copied
 * @throws {@link NoAnswerError} when a broker does not say how full its disks are.
 */
export function lackAtOnce(
  changes: readonly PlanChange[],
  disks: Disks,
  options: Pick<BatchOptions, "diskLimit" | "underWay"> & { readonly earlier?: readonly PlanChange[] | undefined },
): Lack | undefined {
  const { diskLimit, underWay, earlier = [] } = options;
  const room = new Room(disks, diskLimit);
  copiesUnderWay(earlier, disks).forEach((copy) => {
    room.remember(copy);
  });
  copiesUnderWay(changes.filter(underWay), disks).forEach((copy) => {
    room.fill(copy);
  });
  for (const copy of copiesOf(
    changes.filter((change) => !underWay(change)),
    disks,
  )) {
    const lack = room.lackOf(copy);
    if (lack !== undefined) return lack;
    room.fill(copy);
  }
  return undefined;
}
