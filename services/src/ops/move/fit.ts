import { formatDuration } from "../format.js";
import { addedReplicas, type PlanChange } from "../plan/types.js";
import { InterruptedError, type RefusedError } from "../refused.js";
import { batchesWithRoom, lackAtOnce } from "./batches.js";
import type { MovePort } from "./mover.js";
import { goesTo, targetsOf } from "./reassignments.js";
import { copiesOf, type Disks, NoAnswerError, noRoom, unmeasured } from "./room.js";

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

/** Milliseconds for which brokers are asked again before anything moves: one that restarts, or a lost connection, is no reason to refuse. */
const ANSWER_MS = 60_000;

/** What {@link whenAnswered} needs. */
export type AskPort = Pick<MovePort, "disks" | "now" | "pause">;

type RoomPort = AskPort & Pick<MovePort, "ongoing">;

/**
 * Decides by what brokers say about their disks. While an answer is missing that is needed, those that gave none are asked again, for a minute.
 *
 * @param decide - gets a function that asks brokers, and remembers who answered
 * @throws {@link NoAnswerError} when a broker stays silent.
 */
export async function whenAnswered<Result>(
  port: AskPort,
  { print, signal }: Pick<RoomOptions, "print" | "signal">,
  decide: (disksOf: MovePort["disks"]) => Promise<Result>,
): Promise<Result> {
  const known = new Map<number, ReturnType<Disks["get"]> & object>();
  const complete = (id: number) => known.get(id)?.failed.length === 0 && known.get(id)?.directories.length !== 0;
  const disksOf = async (brokers: readonly number[]): Promise<Disks> => {
    const silent = brokers.filter((id) => !complete(id));
    if (silent.length > 0) for (const [id, answer] of await port.disks(silent)) known.set(id, answer);
    return known;
  };
  const deadline = port.now() + ANSWER_MS;
  for (let said = false; ; said = true) {
    try {
      return await decide(disksOf);
    } catch (error) {
      if (!(error instanceof NoAnswerError) || port.now() >= deadline) throw error;
      if (!said) print(waitingFor(error));
    }
    await pause(port, LOOK_MS, signal);
  }
}

/**
 * {@link batchesWithRoom} for the cluster as it is.
 *
 * @param options - also what is carried out before, see {@link batchesWithRoom}
 * @throws {@link RefusedError} when disks have no room, or a broker does not say for a minute whether they have.
 */
export async function batchesFor(
  port: RoomPort,
  changes: readonly PlanChange[],
  options: Omit<RoomOptions, "stallMs"> & { readonly orders?: readonly PlanChange[] | undefined },
): Promise<PlanChange[][]> {
  return whenAnswered(port, options, async (disksOf) => {
    const { disks, underWay } = await look({ disks: disksOf, ongoing: () => port.ongoing() }, changes, options);
    const batches = batchesWithRoom(changes, disks, { ...options, underWay });
    sayUnmeasured(changes, disks, underWay, options.print);
    return batches;
  });
}

/** @throws {@link RefusedError} when disks have no room for all new replicas at once, or a broker does not say for a minute whether they have. */
export async function refuseUnlessAllFit(
  port: RoomPort,
  changes: readonly PlanChange[],
  options: Pick<RoomOptions, "diskLimit" | "print" | "signal">,
): Promise<void> {
  const { diskLimit, print } = options;
  await whenAnswered(port, options, async (disksOf) => {
    const { disks, underWay } = await look({ disks: disksOf, ongoing: () => port.ongoing() }, changes);
    const lack = lackAtOnce(changes, disks, { diskLimit, underWay });
    if (lack !== undefined) throw noRoom(lack, diskLimit, AT_ONCE);
    sayUnmeasured(changes, disks, underWay, print);
  });
}

/**
 * Waits until the disks have room for a batch: Kafka deletes a replica a minute after it has left (`file.delete.delay.ms`), and writers write. A broker
 * that does not answer is waited for as well: something has moved already, and what is left is better done than refused.
 *
 * @param earlier - what the same move has copied before
 * @throws {@link RefusedError} when they get none.
 */
export async function awaitRoom(
  port: RoomPort,
  batch: readonly PlanChange[],
  earlier: readonly PlanChange[],
  options: RoomOptions,
): Promise<void> {
  const { stallMs, print, signal } = options;
  const deadline = port.now() + stallMs;
  for (let said = ""; ;) {
    const hindrance = await hindranceOf(port, batch, earlier, options);
    if (hindrance === undefined) return;
    if (port.now() >= deadline) throw hindrance.error;
    if (hindrance.line !== said) print(hindrance.line);
    said = hindrance.line;
    await pause(port, Math.min(LOOK_MS, stallMs), signal);
  }
}

/** Why a batch cannot begin now; undefined when it can. */
async function hindranceOf(
  port: RoomPort,
  batch: readonly PlanChange[],
  earlier: readonly PlanChange[],
  { diskLimit, stallMs }: RoomOptions,
): Promise<{ readonly line: string; readonly error: RefusedError } | undefined> {
  const { disks, underWay } = await look(port, batch);
  try {
    const lack = lackAtOnce(batch, disks, { diskLimit, underWay, earlier });
    if (lack === undefined) return undefined;
    const line = `Waiting for room on broker ${lack.broker}: Kafka deletes what has moved away a minute later.`;
    return { line, error: noRoom(lack, diskLimit, continues(stallMs)) };
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    return { line: waitingFor(error), error };
  }
}

/** Reads what is under way and the disks of the brokers that take part. */
async function look(
  port: Pick<RoomPort, "disks" | "ongoing">,
  changes: readonly PlanChange[],
  { orders = [] }: { readonly orders?: readonly PlanChange[] | undefined } = {},
) {
  const copies = changes.filter((change) => addedReplicas(change).length > 0);
  const removals = copies.length === 0 ? [] : orders.filter(({ from, to }) => from.length > to.length);
  const brokers = new Set([...copies, ...removals].flatMap(({ from, to }) => [...from, ...to]));
  const disks: Disks = brokers.size === 0 ? new Map() : await port.disks([...brokers]);
  const going = copies.length === 0 ? new Map<string, number[]>() : targetsOf(await port.ongoing());
  return { disks, underWay: (change: PlanChange) => goesTo(going, change) };
}

/** Only brokers that get replicas must know the size of their disks. */
function sayUnmeasured(
  changes: readonly PlanChange[],
  disks: Disks,
  underWay: (change: PlanChange) => boolean,
  print: (line: string) => void,
): void {
  const fresh = changes.filter((change) => addedReplicas(change).length > 0 && !underWay(change));
  unmeasured(copiesOf(fresh, disks), disks).forEach(print);
}

async function pause(port: AskPort, milliseconds: number, signal: AbortSignal): Promise<void> {
  await port.pause(milliseconds, signal);
  if (signal.aborted) throw new InterruptedError();
}

const waitingFor = ({ broker }: NoAnswerError): string => `Waiting for broker ${broker} to say what is on its disks.`;

const AT_ONCE =
  ", or wait for the moves (operations.rebalance.wait, or without --no-await): they then go in batches that make room for each other";

const continues = (stallMs: number): string =>
  `; what was moved stays, and the next run continues. Brokers delete what has left after \`file.delete.delay.ms\`, a minute by default: where that is longer than ${formatDuration(stallMs / 1_000)}, raise operations.rebalance.stallSeconds (--stall)`;
