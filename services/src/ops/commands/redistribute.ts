import { waitForBrokers } from "../brokers.js";
import type { Cluster } from "../cluster.js";
import { electPreferredLeaders } from "../elections.js";
import { count, formatBytes } from "../format.js";
import { partitionKey } from "../log-dirs.js";
import { clusterPort } from "../move/cluster-port.js";
import { batchesFor, refuseUnlessAllFit, whenAnswered } from "../move/fit.js";
import { moveReplicas, type MoveOptions, type MovePort, removeIdleThrottles, sendReplicas } from "../move/mover.js";
import { bytesOf, DEFAULT_DISK_LIMIT, type Disks } from "../move/room.js";
import { totalLeft } from "../move/sizes.js";
import { type Placement, readPlacement } from "../placement.js";
import { planAssignment, topicsTooWide } from "../plan/plan.js";
import { addedReplicas, type Bytes, isSame, type PlanChange } from "../plan/types.js";
import { RefusedError } from "../refused.js";

/** How replicas are copied. */
export interface CopyOptions {
  /** Bytes per second that copying may take of each broker, in each direction. */
  readonly throttle: number;
  /** Bytes for a broker to copy per batch. @default what it copies in five minutes */
  readonly batchBytes?: number | undefined;
  /** Seconds without a copied byte after which the run gives up. */
  readonly stall: number;
  /** Percent of a disk that moves may fill. @default 80 */
  readonly diskLimit?: number | undefined;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

/** How to move replicas to other brokers. */
export interface RedistributeOptions extends CopyOptions {
  /** The brokers that will hold everything; all others are drained. */
  readonly brokers: readonly number[];
  /** Milliseconds to wait for the brokers to be up. */
  readonly waitMs: number;
  /** Whether brokers shall have equally many bytes, too. @default false */
  readonly evenBytes?: boolean | undefined;
  /** Only say what would be done. */
  readonly dryRun: boolean;
  /** Hand the moves to Kafka without waiting for their end. */
  readonly handOver?: boolean | undefined;
}

/** Rounds for topics that are created while replicas move; more than enough. */
const MAX_ROUNDS = 5;

const BATCH_SECONDS = 300;

/** How much later brokers may learn of changes, in milliseconds. */
const LATE_MS = 2_000;

/** {@link CopyOptions} for the mover. */
export function moveOptions(options: CopyOptions): MoveOptions {
  const { throttle, batchBytes, stall, diskLimit, print, signal } = options;
  return {
    batchBytes: batchBytes ?? throttle * BATCH_SECONDS,
    diskLimit: diskLimit ?? DEFAULT_DISK_LIMIT,
    stallMs: stall * 1_000,
    pollMs: 500,
    reportMs: 5_000,
    print,
    signal,
  };
}

/**
 * Spreads all partitions and their leaders evenly over the given brokers. New brokers get their share; brokers that are not listed are drained. Takes
 * over what an earlier run left under way, and does nothing when everything is even.
 *
 * @throws {@link RefusedError} before anything is changed when a topic has more replicas than there are brokers, a broker is not up, or a disk would
 *   pass the limit.
 */
export async function redistribute(cluster: Cluster, options: RedistributeOptions): Promise<void> {
  const { brokers, print } = options;
  await waitForBrokers(cluster, brokers, options.waitMs, print);
  const port = clusterPort(cluster, options.throttle);
  if (!(await spread(port, options))) return;
  const elected = await electPreferredLeaders(cluster, await readPlacement(cluster));
  print(
    `Partitions are spread evenly over ${count(brokers.length, "broker")}${elected > 0 ? `; ${count(elected, "leadership")} moved` : ""}.`,
  );
}

/**
 * Changes nothing.
 *
 * @throws {@link RefusedError} when {@link redistribute} would.
 */
export async function refuseIfImpossible(cluster: Cluster, options: RedistributeOptions): Promise<void> {
  const { brokers, waitMs, print, signal, throttle } = options;
  await waitForBrokers(cluster, brokers, waitMs, print);
  const port = clusterPort(cluster, throttle);
  const placement = await possible(port, brokers, signal);
  const changes = planChanges(placement, brokers, await bytesToEven(port, placement, options));
  refuseIfOffline(placement, changes);
  await refuseIfNoRoom(port, changes, options);
}

/** @throws {@link RefusedError} when a disk would pass the limit */
async function refuseIfNoRoom(
  port: MovePort,
  changes: readonly PlanChange[],
  options: CopyOptions & Pick<RedistributeOptions, "handOver">,
): Promise<void> {
  if (options.handOver === true) await refuseUnlessAllFit(port, changes, moveOptions(options));
  else await batchesFor(port, changes, moveOptions(options));
}

/** Bytes by partition where brokers shall have equally many. @throws {@link RefusedError} when nobody says how large a partition is */
async function bytesToEven(
  port: MovePort,
  placement: Placement,
  options: Pick<RedistributeOptions, "evenBytes" | "print" | "signal">,
): Promise<Bytes | undefined> {
  if (options.evenBytes !== true) return undefined;
  const holders = new Set(placement.partitions.flatMap(({ held }) => held));
  return whenAnswered(port, options, async (disksOf) => sizesToEven(placement, await disksOf([...holders])));
}

/** Bytes by partition. @throws {@link RefusedError} when nobody says how large a partition is */
export const sizesToEven = ({ partitions }: Placement, disks: Disks): Bytes =>
  new Map(partitions.map((each) => [nameOf(each), bytesOf(nameOf(each), each.held, disks)]));

/** @throws {@link RefusedError} when brokers cannot hold everything */
async function possible(port: MovePort, brokers: readonly number[], signal: AbortSignal): Promise<Placement> {
  let placement = await port.placement();
  if (tooWide(placement, brokers).length > 0) {
    // Stale metadata shows old and new replicas together.
    await port.pause(LATE_MS, signal);
    placement = await port.placement();
  }
  refuseIfTooWide(placement, brokers);
  return placement;
}

/**
 * Moves replicas until all are in place.
 *
 * @returns whether they are; false after a dry run, or when the moves were handed to Kafka.
 */
export async function spread(
  port: MovePort,
  options: CopyOptions & Pick<RedistributeOptions, "brokers" | "dryRun" | "handOver" | "evenBytes">,
): Promise<boolean> {
  const { brokers, print, dryRun, handOver, signal } = options;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const placement = await possible(port, brokers, signal);
    const changes = planChanges(placement, brokers, await bytesToEven(port, placement, options));
    if (changes.length === 0) {
      // A run that was killed right at the end of its last move may have left its throttle.
      if (!dryRun && (await removeIdleThrottles(port)) > 0)
        print("Removed a throttle that an interrupted run had left.");
      return true;
    }
    refuseIfOffline(placement, changes);
    print(summary(changes, placement, totalLeft(changes, await port.sizes(changes))));
    if (dryRun) {
      await refuseIfNoRoom(port, changes, options);
      return false;
    }
    if (handOver === true) {
      await sendReplicas(port, changes, moveOptions(options));
      print("Kafka is doing all of it now. `npm run ops -- status` shows the progress.");
      return false;
    }
    await moveReplicas(port, changes, moveOptions(options));
  }
  return true;
}

/**
 * The changes to make, including those under way.
 *
 * A partition under reassignment is planned from its target, so that a run that continues another has the same aim. Moves to wanted brokers may
 * finish even where the new plan differs: nothing that was copied is thrown away, and the next round corrects it.
 *
 * @param bytes - where brokers shall have equally many bytes, too
 */
export function planChanges({ view, partitions }: Placement, brokers: readonly number[], bytes?: Bytes): PlanChange[] {
  const wanted = brokers.map((id) => ({ id, rack: view.brokers.get(id)?.rack }));
  const isWanted = new Set(brokers);
  const planned = new Map(planAssignment(partitions, wanted, bytes).map((change) => [nameOf(change), change.to]));
  return partitions.flatMap((each) => {
    const { topic, partition, held: from, replicas, moving } = each;
    const letFinish = moving && replicas.every((id) => isWanted.has(id));
    const to = letFinish ? replicas : (planned.get(nameOf(each)) ?? replicas);
    return moving || !isSame(to, replicas) ? [{ topic, partition, from, to }] : [];
  });
}

const nameOf = ({ topic, partition }: { readonly topic: string; readonly partition: number }) =>
  partitionKey(topic, partition);

const tooWide = ({ partitions }: Placement, brokers: readonly number[]) => topicsTooWide(partitions, brokers.length);

/** @throws {@link RefusedError} naming the topics with more replicas than `brokers`. */
export function refuseIfTooWide(placement: Placement, brokers: readonly number[]): void {
  const wide = tooWide(placement, brokers);
  if (wide.length === 0) return;
  const names = wide.map(({ topic, replicas }) => `${topic} has replication factor ${replicas}`).join(", ");
  throw new RefusedError(
    `${count(brokers.length, "broker")} cannot hold all topics: ${names}. Lower the replication factor or keep more brokers.`,
  );
}

/** Without a leader there is nothing to copy from, and the move would never end. */
function refuseIfOffline({ view, partitions }: Placement, changes: readonly PlanChange[]): void {
  const leaders = new Map(partitions.map((each) => [nameOf(each), each.leader]));
  const offline = changes.find((change) => (leaders.get(nameOf(change)) ?? -1) < 0);
  if (offline === undefined) return;
  const holders = offline.from.filter((id) => !view.brokers.has(id)).join(", ");
  throw new RefusedError(
    `${offline.topic}-${offline.partition} has no leader, so it cannot be moved: of the brokers that hold it, ${holders} are not up.`,
  );
}

function summary(changes: readonly PlanChange[], { ongoing }: Placement, bytes: number): string {
  const copies = changes.filter((change) => addedReplicas(change).length > 0);
  const parts = [
    `${count(copies.length, "partition")} to copy (${formatBytes(bytes)})`,
    `${changes.length - copies.length} to get another leader`,
  ];
  if (ongoing.length > 0) parts.push(`${ongoing.length} under way from an earlier run`);
  return `${parts.join(", ")}.`;
}
