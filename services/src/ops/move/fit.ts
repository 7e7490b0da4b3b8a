import { addedReplicas, type PlanChange } from "../plan/types.js";
import { InterruptedError } from "../refused.js";
import { batchesWithRoom, lackAtOnce } from "./batches.js";
import type { MovePort } from "./mover.js";
import { goesTo, targetsOf } from "./reassignments.js";
import { copiesOf, type Disks, noRoom, unmeasured } from "./room.js";

/** How to find room for replicas. */
export interface RoomOptions {
  /** Bytes for a broker to copy per batch, see {@link batchesWithRoom}. */
  readonly batchBytes: number;
  /** Percent of a disk that may be used. */
  readonly diskLimit: number;
  /** Milliseconds without a copied byte, or without room, after which the run gives up. */
  readonly stallMs: number;
  readonly print: (line: string) => void;
  /** Aborted when the process must end. Kafka's copying goes on. */
  readonly signal: AbortSignal;
}

/** Milliseconds between looks for room. */
const LOOK_MS = 5_000;

type RoomPort = Pick<MovePort, "ongoing" | "disks">;

/**
 * {@link batchesWithRoom} for the cluster as it is.
 *
 * @throws {@link RefusedError} when disks have no room, or a broker does not say whether they have.
 */
export async function batchesFor(
  port: RoomPort,
  changes: readonly PlanChange[],
  options: Pick<RoomOptions, "batchBytes" | "diskLimit" | "print">,
): Promise<PlanChange[][]> {
  const { disks, underWay } = await look(port, changes, options.print);
  return batchesWithRoom(changes, disks, { ...options, underWay });
}

/** @throws {@link RefusedError} when disks have no room for all new replicas at once, or a broker does not say whether they have. */
export async function refuseUnlessAllFit(
  port: RoomPort,
  changes: readonly PlanChange[],
  { diskLimit, print }: Pick<RoomOptions, "diskLimit" | "print">,
): Promise<void> {
  const { disks, underWay } = await look(port, changes, print);
  const lack = lackAtOnce(changes, disks, { diskLimit, underWay });
  if (lack !== undefined) throw noRoom(lack, diskLimit, AT_ONCE);
}

/**
 * Waits until the disks have room for a batch: Kafka deletes a replica a minute after it has left (`file.delete.delay.ms`), and writers write.
 *
 * @throws {@link RefusedError} when they get none.
 */
export async function awaitRoom(port: MovePort, batch: readonly PlanChange[], options: RoomOptions): Promise<void> {
  const { diskLimit, stallMs, print, signal } = options;
  const deadline = port.now() + stallMs;
  for (let said = false; ; said = true) {
    const { disks, underWay } = await look(port, batch);
    const lack = lackAtOnce(batch, disks, { diskLimit, underWay });
    if (lack === undefined) return;
    if (port.now() >= deadline) throw noRoom(lack, diskLimit, "; what was moved stays, and the next run continues");
    if (!said) print(`Waiting for room on broker ${lack.broker}: Kafka deletes what has moved away a minute later.`);
    await port.pause(Math.min(LOOK_MS, stallMs), signal);
    if (signal.aborted) throw new InterruptedError();
  }
}

/** Reads what is under way and the disks of the brokers that take part. Only those that get replicas must know the size of theirs. */
async function look(port: RoomPort, changes: readonly PlanChange[], print?: (line: string) => void) {
  const copies = changes.filter((change) => addedReplicas(change).length > 0);
  const brokers = new Set(copies.flatMap(({ from, to }) => [...from, ...to]));
  const disks: Disks = brokers.size === 0 ? new Map() : await port.disks([...brokers]);
  const going = copies.length === 0 ? new Map<string, number[]>() : targetsOf(await port.ongoing());
  const underWay = (change: PlanChange) => goesTo(going, change);
  if (print) {
    const fresh = copies.filter((change) => !underWay(change));
    unmeasured(copiesOf(fresh, disks), disks).forEach(print);
  }
  return { disks, underWay };
}

const AT_ONCE =
  ", or wait for the moves (operations.rebalance.wait, or without --no-await): they then go in batches that make room for each other";
