import { waitForBrokers } from "../brokers.js";
import type { Cluster } from "../cluster.js";
import { electPreferredLeaders } from "../elections.js";
import { count, formatBytes } from "../format.js";
import { clusterPort } from "../move/cluster-port.js";
import { moveReplicas, type MoveOptions, type MovePort, removeIdleThrottles, sendReplicas } from "../move/mover.js";
import { totalLeft } from "../move/sizes.js";
import { type Placement, readPlacement } from "../placement.js";
import { planAssignment, topicsTooWide } from "../plan/plan.js";
import { addedReplicas, isSame, type PlanChange } from "../plan/types.js";
import { RefusedError } from "../refused.js";

/** How replicas are copied. */
export interface CopyOptions {
  /** Bytes per second that copying may take of each broker, in each direction. */
  readonly throttle: number;
  /** Bytes for a broker to copy per batch. @default what it copies in five minutes */
  readonly batchBytes?: number | undefined;
  /** Seconds without a copied byte after which the run gives up. */
  readonly stall: number;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

/** How to move replicas to other brokers. */
export interface RedistributeOptions extends CopyOptions {
  /** The brokers that will hold everything; all others are drained. */
  readonly brokers: readonly number[];
  /** Milliseconds to wait for the brokers to be up. */
  readonly waitMs: number;
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
export function moveOptions({ throttle, batchBytes, stall, print, signal }: CopyOptions): MoveOptions {
  return {
    batchBytes: batchBytes ?? throttle * BATCH_SECONDS,
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
 * @throws {@link RefusedError} before anything is changed when a topic has more replicas than there are brokers, or a broker is not up.
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
export async function refuseIfImpossible(
  cluster: Cluster,
  { brokers, waitMs, print, signal, throttle }: RedistributeOptions,
): Promise<void> {
  await waitForBrokers(cluster, brokers, waitMs, print);
  const placement = await possible(clusterPort(cluster, throttle), brokers, signal);
  refuseIfOffline(placement, planChanges(placement, brokers));
}

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
  options: CopyOptions & Pick<RedistributeOptions, "brokers" | "dryRun" | "handOver">,
): Promise<boolean> {
  const { brokers, print, dryRun, handOver, signal } = options;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const placement = await possible(port, brokers, signal);
    const changes = planChanges(placement, brokers);
    if (changes.length === 0) {
      // A run that was killed right at the end of its last move may have left its throttle.
      if (!dryRun && (await removeIdleThrottles(port)) > 0)
        print("Removed a throttle that an interrupted run had left.");
      return true;
    }
    refuseIfOffline(placement, changes);
    print(summary(changes, placement, totalLeft(changes, await port.sizes(changes))));
    if (dryRun) return false;
    if (handOver === true) {
      await sendReplicas(port, changes, signal);
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
 */
export function planChanges({ view, partitions }: Placement, brokers: readonly number[]): PlanChange[] {
  const wanted = brokers.map((id) => ({ id, rack: view.brokers.get(id)?.rack }));
  const planned = new Map(planAssignment(partitions, wanted).map((change) => [nameOf(change), change.to]));
  return partitions.flatMap((each) => {
    const { topic, partition, held: from, replicas, moving } = each;
    const letFinish = moving && replicas.every((id) => brokers.includes(id));
    const to = letFinish ? replicas : (planned.get(nameOf(each)) ?? replicas);
    return moving || !isSame(to, replicas) ? [{ topic, partition, from, to }] : [];
  });
}

const nameOf = ({ topic, partition }: { readonly topic: string; readonly partition: number }) =>
  `${topic}-${partition}`;

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
