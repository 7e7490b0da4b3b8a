import { count, formatBytes, formatDuration } from "../format.js";
import { partitionKey } from "../log-dirs.js";
import type { PlacedPartition, Placement } from "../placement.js";
import { addedReplicas, isSame, type PlanChange } from "../plan/types.js";
import { InterruptedError, RefusedError } from "../refused.js";
import { MOST_PARTITIONS } from "./batches.js";
import { awaitRoom, batchesFor, refuseUnlessAllFit, type RoomOptions } from "./fit.js";
import { Progress } from "./progress.js";
import { goesTo, type Ongoing, type Reassignment, targetsOf } from "./reassignments.js";
import type { Disks } from "./room.js";
import { totalLeft, type Sizes } from "./sizes.js";

/** The cluster and the clock, as moving replicas needs them. */
export interface MovePort {
  ongoing(): Promise<readonly Ongoing[]>;
  placement(): Promise<Placement>;
  reassign(reassignments: readonly Reassignment[]): Promise<void>;
  throttle(changes: readonly PlanChange[]): Promise<void>;
  /** Removes every throttle. @returns how many topics and brokers had one */
  removeThrottles(): Promise<number>;
  sizes(changes: readonly PlanChange[]): Promise<Sizes>;
  /** The disks of those of `brokers` that answer, with all that is on them. */
  disks(brokers: readonly number[]): Promise<Disks>;
  /** Milliseconds of a monotonic clock. */
  now(): number;
  /** Waits, but not beyond the abort of `signal`. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** How to move replicas. */
export interface MoveOptions extends RoomOptions {
  /** Milliseconds between checks of what is under way. */
  readonly pollMs: number;
  /** Milliseconds between progress lines, and between their measurements. */
  readonly reportMs: number;
}

/** Milliseconds without less to copy, although bytes arrive, after which that is reported. */
const OUTRUN_MS = 15 * 60_000;

/** How much later than the controller a broker may learn of the end of a reassignment. */
const LATE_MS = 30_000;

/**
 * Makes changes batch by batch, with a replication throttle, and removes the throttle once nothing is under way. It keeps no state and cancels
 * nothing: when it ends early, Kafka finishes what is under way, throttled, and the next plan contains that.
 *
 * @throws {@link InterruptedError} when it was asked to stop.
 * @throws {@link RefusedError} before anything moves, when disks have no room or brokers do not say; later, when nothing was copied for too long, partitions went elsewhere
 *   than they were sent, or a disk has filled up meanwhile or is not told of any more.
 */
export async function moveReplicas(
  port: MovePort,
  changes: readonly PlanChange[],
  options: MoveOptions,
): Promise<void> {
  try {
    const orders = changes.filter((change) => addedReplicas(change).length === 0);
    const copies = changes.filter((change) => addedReplicas(change).length > 0);
    const batches = await batchesFor(port, copies, { ...options, orders });
    for (let first = 0; first < orders.length; first += MOST_PARTITIONS) {
      const batch = orders.slice(first, first + MOST_PARTITIONS);
      await begin(port, batch, options);
      await finish(port, batch, { before: first, later: [], of: orders.length }, options);
    }
    for (let index = 0, before = 0; index < batches.length; index += 1) {
      const batch = batches[index] ?? [];
      // The first one was judged a moment ago, unless removals made its room.
      if (index > 0 || orders.length > 0) await awaitRoom(port, batch, batches.slice(0, index).flat(), options);
      await begin(port, batch, options);
      await finish(port, batch, { before, later: batches.slice(index + 1).flat(), of: copies.length }, options);
      before += batch.length;
    }
  } catch (error) {
    // A throttle for moves that Kafka refused to begin helps nobody. A failure to remove it is not reported beside the first error.
    if (!(error instanceof InterruptedError)) await removeIdleThrottles(port).catch(() => 0);
    throw error;
  }
  await removeIdleThrottles(port);
}

/**
 * Hands all changes to Kafka at once, with a throttle that stays. A later run that finds nothing under way removes it.
 *
 * @throws {@link RefusedError} before anything moves, when disks have no room for all new replicas beside those that will be removed.
 */
export async function sendReplicas(
  port: MovePort,
  changes: readonly PlanChange[],
  options: Pick<MoveOptions, "diskLimit" | "print" | "signal">,
): Promise<void> {
  await refuseUnlessAllFit(port, changes, options);
  for (let first = 0; first < changes.length; first += MOST_PARTITIONS) {
    await begin(port, changes.slice(first, first + MOST_PARTITIONS), options);
  }
}

/**
 * Waits until the whole cluster has no reassignment, whoever began it, then removes throttles.
 *
 * @param concerns - which partitions to wait for
 * @throws as {@link moveReplicas} does.
 */
export async function settle(
  port: MovePort,
  options: MoveOptions,
  concerns: (partition: PlacedPartition) => boolean = () => true,
): Promise<void> {
  for (;;) {
    const { partitions } = await port.placement();
    const moving = partitions
      .filter((each) => each.moving && concerns(each))
      .map(({ topic, partition, held, replicas }): PlanChange => ({ topic, partition, from: held, to: replicas }));
    if (moving.length === 0) break;
    options.print(`${count(moving.length, "partition")} under way.`);
    await ended(port, moving, { before: 0, later: [], of: moving.length }, { ...options, othersMayChange: true });
  }
  const removed = await removeIdleThrottles(port);
  if (removed > 0) options.print("Removed the throttle.");
}

/**
 * Removes unused throttles. While any move is under way they all stay, whoever set them.
 *
 * @returns how many topics and brokers had one.
 */
export async function removeIdleThrottles(port: Pick<MovePort, "ongoing" | "removeThrottles">): Promise<number> {
  return (await port.ongoing()).length > 0 ? 0 : port.removeThrottles();
}

/** A batch's place in the work: the number of earlier and later changes, and the total. */
interface Standing {
  readonly before: number;
  readonly later: readonly PlanChange[];
  readonly of: number;
}

/** Begins what is not under way yet. */
async function begin(
  port: MovePort,
  batch: readonly PlanChange[],
  { signal }: Pick<MoveOptions, "signal">,
): Promise<void> {
  throwIfInterrupted(signal);
  if (batch.some((change) => addedReplicas(change).length > 0)) await port.throttle(batch);
  const going = targetsOf(await port.ongoing());
  const fresh = batch.filter((change) => !goesTo(going, change));
  throwIfInterrupted(signal);
  await port.reassign(fresh.map(({ topic, partition, to }) => ({ topic, partition, replicas: to })));
}

async function finish(
  port: MovePort,
  batch: readonly PlanChange[],
  standing: Standing,
  options: MoveOptions,
): Promise<void> {
  await ended(port, batch, standing, options);
  await placed(port, batch, options);
}

/** Waits until Kafka reassigns none of these any more. */
async function ended(
  port: MovePort,
  batch: readonly PlanChange[],
  { before, later, of }: Standing,
  options: MoveOptions & { readonly othersMayChange?: boolean },
): Promise<void> {
  const { pollMs, reportMs, stallMs, print, signal } = options;
  const progress = new Progress(port.now());
  let reportAt = port.now() + reportMs;
  let reported = "";
  // What waits is measured once: it concerns many more brokers than the batch.
  let waiting: number | undefined;
  for (;;) {
    throwIfInterrupted(signal);
    const going = targetsOf(await port.ongoing());
    const open = batch.filter((change) => going.has(keyOf(change)));
    const elsewhere = open.find((change) => !goesTo(going, change));
    if (elsewhere !== undefined && options.othersMayChange !== true) {
      throw goesElsewhere(elsewhere, going.get(keyOf(elsewhere)) ?? []);
    }
    if (open.length === 0) return;
    if (port.now() >= reportAt) {
      reportAt = port.now() + reportMs;
      const sizes = await port.sizes(batch);
      waiting ??= later.length === 0 ? 0 : totalLeft(later, await port.sizes(later));
      progress.note(port.now(), batch, open.length, sizes);
      const done = before + batch.length - open.length;
      const left = totalLeft(open, sizes) + waiting;
      const line = `${done} of ${count(of, "partition")} moved, ${formatBytes(left)} left.`;
      if (line !== reported) print(line);
      reported = line;
      if (port.now() - progress.lastAt >= stallMs) throw stalled(open, stallMs);
      if (port.now() - progress.lessAt >= OUTRUN_MS) {
        print(OUTRUN);
        progress.compareAnew();
      }
    }
    await port.pause(pollMs, signal);
  }
}

/** Checks that the replicas are where they were sent: a cancelled reassignment looks like a finished one. */
async function placed(
  port: MovePort,
  batch: readonly PlanChange[],
  { pollMs, signal }: Pick<MoveOptions, "pollMs" | "signal">,
): Promise<void> {
  const deadline = port.now() + LATE_MS;
  for (;;) {
    const { partitions } = await port.placement();
    const replicas = new Map(partitions.map((each) => [keyOf(each), each.replicas]));
    // A topic that was deleted meanwhile has no replicas to look for.
    const wrong = batch.find((change) => {
      const actual = replicas.get(keyOf(change));
      return actual !== undefined && !isSame(actual, change.to);
    });
    if (wrong === undefined) return;
    if (port.now() >= deadline) throw goesElsewhere(wrong, replicas.get(keyOf(wrong)) ?? []);
    throwIfInterrupted(signal);
    await port.pause(pollMs, signal);
  }
}

const keyOf = ({ topic, partition }: { readonly topic: string; readonly partition: number }) =>
  partitionKey(topic, partition);

function goesElsewhere(change: PlanChange, actual: readonly number[]): RefusedError {
  return new RefusedError(
    `${keyOf(change)} was sent to ${change.to.join(", ")} and has the target ${actual.join(", ")} now, so another run or person moves partitions too. ` +
      "This run ends and leaves everything as it is; run it again when the other one is done.",
  );
}

function stalled(open: readonly PlanChange[], stallMs: number): RefusedError {
  const [first] = open;
  const example = first ? `, such as ${keyOf(first)} from ${first.from.join(", ")} to ${first.to.join(", ")}` : "";
  return new RefusedError(
    `Nothing was copied for ${formatDuration(stallMs / 1_000)}: ${count(open.length, "partition")} under way${example}. ` +
      "What is under way stays, with its throttle. Check that these brokers are up and have room (`npm run ops -- status`), then run this again: it continues from there.",
  );
}

const OUTRUN =
  `No less is left than ${formatDuration(OUTRUN_MS / 1_000)} ago, although bytes arrive: as much is written to these partitions as is copied, so this does not end before less is written. ` +
  "Interrupt it and run it again with a higher throttle (operations.rebalance.throttle, or --throttle): what is under way is taken over.";

function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new InterruptedError();
}
