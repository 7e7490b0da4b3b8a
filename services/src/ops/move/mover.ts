import { count, formatBytes } from "../format.js";
import { partitionKey } from "../log-dirs.js";
import { addedReplicas, type PlanChange } from "../plan/types.js";
import { InterruptedError } from "../refused.js";
import type { Ongoing, Reassignment } from "./reassignments.js";

/** What moving replicas needs of a cluster. */
export interface MovePort {
  ongoing(): Promise<readonly Ongoing[]>;
  reassign(reassignments: readonly Reassignment[]): Promise<void>;
  throttle(changes: readonly PlanChange[]): Promise<void>;
  removeThrottles(): Promise<unknown>;
  /** Bytes still to be copied for `changes`. */
  bytesLeft(changes: readonly PlanChange[]): Promise<number>;
}

/** How replicas are moved. */
export interface MoveOptions {
  /** Partitions copied at a time. */
  readonly batch: number;
  /** Milliseconds between looks at what is under way. */
  readonly pollMs: number;
  /** Milliseconds between lines about progress. */
  readonly reportMs: number;
  readonly print: (line: string) => void;
  /** Aborted when the work should end early: what is under way is called off then. */
  readonly signal: AbortSignal;
}

/** Partitions changed at a time when nothing has to be copied. */
const ORDERS_AT_ONCE = 1_000;

/**
 * Carries changes out, some partitions at a time, with a throttle on the copying that is removed whatever happens. It keeps no state: after an
 * interruption, planning again gives what is left.
 *
 * @throws {@link InterruptedError} when it was asked to stop.
 */
export async function moveReplicas(
  port: MovePort,
  changes: readonly PlanChange[],
  options: MoveOptions,
): Promise<void> {
  const copies = changes.filter((change) => addedReplicas(change).length > 0);
  const orders = changes.filter((change) => addedReplicas(change).length === 0);
  try {
    for (let first = 0; first < orders.length; first += ORDERS_AT_ONCE) {
      await moveBatch(port, orders, first, ORDERS_AT_ONCE, options);
    }
    for (let first = 0; first < copies.length; first += options.batch) {
      await port.throttle(copies.slice(first, first + options.batch));
      await moveBatch(port, copies, first, options.batch, options);
    }
  } catch (error) {
    if (options.signal.aborted) await callOff(port, changes);
    throw error;
  } finally {
    if (copies.length > 0) await port.removeThrottles();
  }
}

async function moveBatch(
  port: MovePort,
  changes: readonly PlanChange[],
  first: number,
  size: number,
  { pollMs, reportMs, print, signal }: MoveOptions,
): Promise<void> {
  const batch = changes.slice(first, first + size);
  const later = changes.slice(first + batch.length);
  throwIfInterrupted(signal);
  await port.reassign(batch.map(({ topic, partition, to }) => ({ topic, partition, replicas: to })));
  let reportAt = Date.now() + reportMs;
  let reported = "";
  for (;;) {
    throwIfInterrupted(signal);
    const underWay = new Set((await port.ongoing()).map(({ topic, partition }) => partitionKey(topic, partition)));
    const open = batch.filter(({ topic, partition }) => underWay.has(partitionKey(topic, partition)));
    if (open.length === 0) break;
    if (Date.now() >= reportAt) {
      reportAt = Date.now() + reportMs;
      const done = first + batch.length - open.length;
      const bytes = await port.bytesLeft([...open, ...later]);
      const line = `${done} of ${count(changes.length, "partition")} moved, ${formatBytes(bytes)} left.`;
      if (line !== reported) print(line);
      reported = line;
    }
    await pause(pollMs, signal);
  }
}

/** Ends what this plan has under way, so that nothing copies without a throttle. What has been exchanged stays. */
async function callOff(port: MovePort, changes: readonly PlanChange[]): Promise<void> {
  const keys = new Set(changes.map(({ topic, partition }) => partitionKey(topic, partition)));
  const ongoing = await port.ongoing();
  const mine = ongoing.filter(({ topic, partition }) => keys.has(partitionKey(topic, partition)));
  await port.reassign(mine.map(({ topic, partition }) => ({ topic, partition, replicas: undefined })));
}

function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new InterruptedError();
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
