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
  /** Bytes that a broker is to copy at a time. @default what it copies in five minutes */
  readonly batchBytes?: number | undefined;
  /** Seconds without a byte copied after which the work is given up. */
  readonly stall: number;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

/** How replicas are moved to other brokers. */
export interface RedistributeOptions extends CopyOptions {
  /** The brokers that are to hold everything, and no others. */
  readonly brokers: readonly number[];
  /** Milliseconds to wait for the brokers to be up. */
  readonly waitMs: number;
  /** Say what would be done, and do nothing. */
  readonly dryRun: boolean;
  /** Hand the moves to Kafka and do not stay until they are done. */
  readonly handOver?: boolean | undefined;
}

/** Topics made while replicas are moved are looked at again; this many times is more than enough. */
const MAX_ROUNDS = 5;

const BATCH_SECONDS = 300;

/** Milliseconds by which a broker's metadata may be late. */
const LATE_MS = 2_000;

/** {@link CopyOptions} as the mover takes them. */
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
 * Spreads all partitions and their leaders evenly over the given brokers. Brokers that hold nothing yet get their share; brokers that are not
 * listed are emptied. Takes over what an earlier run left under way, and does nothing when all is even.
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
 * Moves replicas until all are where they should be.
 *
 * @returns whether they are; not after a dry run, or when the moves were handed over to Kafka.
 */
export async function spread(
  port: MovePort,
  options: CopyOptions & Pick<RedistributeOptions, "brokers" | "dryRun" | "handOver">,
): Promise<boolean> {
  const { brokers, print, dryRun, handOver, signal } = options;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    let placement = await port.placement();
    if (tooWide(placement, brokers).length > 0) {
      // Metadata that is late shows old and new replicas together.
      await port.pause(LATE_MS, signal);
      placement = await port.placement();
    }
    refuseIfTooWide(placement, brokers);
    const changes = planChanges(placement, brokers);
    if (changes.length === 0) {
      // A run that was killed right at the end of its last move has left it.
      if (!dryRun && (await removeIdleThrottles(port)) > 0)
        print("Removed a throttle that an interrupted run had left.");
      return true;
    }
    refuseIfOffline(placement, changes);
    print(summary(changes, placement, totalLeft(changes, await port.sizes(changes))));
    if (dryRun) return false;
    if (handOver === true) {
      await sendReplicas(port, changes, signal);
      print("Kafka has all of it to do. `npm run ops -- status` shows how far it is.");
      return false;
    }
    await moveReplicas(port, changes, moveOptions(options));
  }
  return true;
}

/**
 * What has to change, including what is under way.
 *
 * Partitions that are being exchanged are planned from where they are going, so that a run that continues another has the same aim. What goes to brokers that are wanted is let finish, even
 * where it would now be sent elsewhere: nothing that was copied is thrown away, and the next round has the last word.
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

/** @throws {@link RefusedError} naming the topics that `brokers` are too few for. */
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
