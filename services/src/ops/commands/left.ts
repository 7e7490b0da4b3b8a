import { setTimeout as delay } from "node:timers/promises";
import type { Cluster } from "../cluster.js";
import { count } from "../format.js";
import type { PlacedPartition, Placement } from "../placement.js";
import { InterruptedError, RefusedError } from "../refused.js";
import { placementsUpToDate } from "../up-to-date.js";
import { drain, type DrainOptions } from "./drain.js";

/** Which brokers stay, and how patiently what came to the others is taken back. */
export interface LeftOptions extends Omit<DrainOptions, "dryRun"> {
  /** Moves everything to the brokers that stay. @default {@link drain} */
  readonly move?: ((cluster: Cluster, options: DrainOptions) => Promise<void>) | undefined;
}

/** What is to be done about brokers that have left, or are leaving. */
export type LeftState =
  /** None of them is up, and nothing is assigned to any. */
  | { readonly is: "gone" }
  /** They are still up, or Kafka has not noticed yet that they are not. */
  | {
      readonly is: "stopping";
      /** Those that are waited for. */
      readonly brokers: readonly number[];
      /** How many are listed as running, which is at least these. */
      readonly listed: number;
    }
  /** Something is assigned to them that can be copied from its leader. */
  | { readonly is: "holding"; readonly partitions: readonly PlacedPartition[] }
  /** Only they have all records of something, and they are gone. */
  | { readonly is: "needed"; readonly partitions: readonly PlacedPartition[] };

/** Milliseconds between two looks. */
const PAUSE_MS = 1_000;

/** Seconds without a copied byte after which something is not waited for any longer: its source may have stopped for good. */
const MOST_STALL_S = 300;

/** Moves after which what still comes to brokers that leave is an error. */
const MOST_MOVES = 3;

/** Names in an error; the others are counted. */
const MOST_NAMES = 10;

/**
 * Waits until brokers that leave have stopped, and moves to the others what has come to them since they were drained: where Kafka cannot cordon them,
 * a topic that is created meanwhile may have replicas there. With any version, and with ZooKeeper.
 *
 * @throws {@link RefusedError} when something has no leader without them, with its name and the way back; when none of them stops for `waitMs`; when a
 *   move fails. {@link InterruptedError} when the process is asked to stop.
 */
export async function takeBack(cluster: Cluster, options: LeftOptions): Promise<void> {
  const { keep, waitMs, print, signal, move = drain } = options;
  let deadline = Date.now() + waitMs;
  let listed = Infinity;
  for (let said = "", moves = 0; ;) {
    const state = await look(cluster, keep).catch((error: unknown) => {
      // The broker that leaves may have been the controller, with which nobody knows anything until another one is elected.
      if (!(error instanceof RefusedError) || signal.aborted || Date.now() >= deadline) throw error;
      return error;
    });
    if (state instanceof RefusedError) {
      if (state.message !== said) print(`Looking again after: ${state.message}`);
      said = state.message;
      await pause(signal);
      continue;
    }
    if (state.is === "gone") return;
    if (state.is === "needed" || (state.is === "holding" && moves === MOST_MOVES)) throw lost(state.partitions, keep);
    if (state.is === "holding") {
      print(`Came to brokers that leave since they were drained, so it is moved: ${names(state.partitions)}.`);
      moves += 1;
      try {
        await move(cluster, { ...options, stall: Math.min(options.stall, MOST_STALL_S), dryRun: false });
      } catch (error) {
        await refuseIfNeeded(cluster, keep);
        throw error;
      }
      deadline = Date.now() + waitMs;
      continue;
    }
    const brokers = state.brokers.join(", ");
    // Brokers stop one after the other, each within its grace period.
    if (state.listed < listed) {
      deadline = Date.now() + waitMs;
      ({ listed } = state);
    }
    if (Date.now() >= deadline) {
      throw new RefusedError(
        `Not stopped after ${waitMs / 1_000} s: ${count(state.brokers.length, "broker")} that should have left (${brokers}). Nothing that they hold is lost, and their claims stay. With a longer \`terminationGracePeriodSeconds\` they may take that long. \`kubectl get pods\` shows whether they still run; run \`up\` again once they have stopped.`,
      );
    }
    if (brokers !== said) print(`Waiting until ${count(state.brokers.length, "broker")} stopped: ${brokers}.`);
    said = brokers;
    await pause(signal);
  }
}

/** @throws {@link InterruptedError} when the process is asked to stop, at once. */
async function pause(signal: AbortSignal): Promise<void> {
  await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  if (signal.aborted) throw new InterruptedError();
}

/**
 * @throws {@link RefusedError} when anything is assigned to other brokers than these: they are gone, so their registration and their claims, which may
 *   be deleted next, must not be needed.
 */
export async function refuseIfOnLeft(cluster: Cluster, keep: readonly number[]): Promise<void> {
  const on = partitionsOf(await knownOfLeft(cluster, keep));
  if (on.length > 0) throw lost(on, keep);
}

async function refuseIfNeeded(cluster: Cluster, keep: readonly number[]): Promise<void> {
  const needed = partitionsOf(await knownOfLeft(cluster, keep)).filter(({ leader }) => leader < 0);
  if (needed.length > 0) throw lost(needed, keep);
}

async function look(cluster: Cluster, keep: readonly number[]): Promise<LeftState> {
  const known = await knownOfLeft(cluster, keep);
  const silent: number[] = [];
  for (const id of listedIn(known)) {
    // Kafka lists a broker that was killed until its lease ends, as the leader of what it had (9 seconds by default).
    if ((await cluster.describedBy(id)) === undefined) silent.push(id);
  }
  return judgeLeft(known, silent);
}

/** What a broker knows of those that are not to stay. */
export interface KnownOfLeft {
  /** Those of them that are listed as running. */
  readonly listed: readonly number[];
  /** Partitions with a replica, or a future one, on any of them. */
  readonly on: readonly PlacedPartition[];
}

/** What a placement says of other brokers than these. */
export function ofLeft({ view, partitions }: Placement, keep: readonly number[]): KnownOfLeft {
  const kept = new Set(keep);
  return {
    listed: [...view.brokers.keys()].filter((id) => !kept.has(id)),
    on: partitions.filter(({ held, replicas }) => [held, replicas].some((ids) => ids.some((id) => !kept.has(id)))),
  };
}

const knownOfLeft = (cluster: Cluster, keep: readonly number[]): Promise<readonly KnownOfLeft[]> =>
  placementsUpToDate(cluster, (placement) => ofLeft(placement, keep));

/**
 * Judges what brokers with the latest metadata say.
 *
 * @param silent - brokers that are listed as running and do not answer
 */
export function judgeLeft(known: readonly KnownOfLeft[], silent: readonly number[]): LeftState {
  const listed = listedIn(known);
  const on = partitionsOf(known);
  const without = on.filter(({ leader }) => leader < 0);
  // One of these may lead once it is certain who runs.
  const undecided = ({ held, replicas }: PlacedPartition) => [...held, ...replicas].some((id) => listed.includes(id));
  const needed = without.filter((each) => !undecided(each));
  if (needed.length > 0) return { is: "needed", partitions: needed };
  if (silent.length > 0) return { is: "stopping", brokers: silent, listed: listed.length };
  if (without.length > 0) return { is: "stopping", brokers: listed, listed: listed.length };
  if (on.length > 0) return { is: "holding", partitions: on };
  return listed.length > 0 ? { is: "stopping", brokers: listed, listed: listed.length } : { is: "gone" };
}

const listedIn = (known: readonly KnownOfLeft[]): readonly number[] => [
  ...new Set(known.flatMap((each) => each.listed)),
];

/** Each partition once, whoever knows of it. */
const partitionsOf = (known: readonly KnownOfLeft[]): readonly PlacedPartition[] => [
  ...new Map(known.flatMap(({ on }) => on).map((each) => [nameOf(each), each])).values(),
];

const nameOf = ({ topic, partition }: PlacedPartition): string => `${topic}-${partition}`;

function names(partitions: readonly PlacedPartition[]): string {
  const more = partitions.length - MOST_NAMES;
  const first = partitions.slice(0, MOST_NAMES).map(nameOf).join(", ");
  return more > 0 ? `${first} and ${more} more` : first;
}

function lost(partitions: readonly PlacedPartition[], keep: readonly number[]): RefusedError {
  const holders = new Set(
    partitions.flatMap(({ held, replicas }) => [...held, ...replicas]).filter((id) => !keep.includes(id)),
  );
  const brokers = [...holders].sort((one, other) => one - other).join(", ");
  return new RefusedError(
    `Brokers have left that are still assigned partitions (brokers ${brokers}): ${names(partitions)}. ` +
      "They came there after the brokers were drained. Those without another replica in sync cannot be read or written until the brokers are back. " +
      "Nothing is deleted: the brokers stay registered, and their claims and directories stay. " +
      "Raise `replicas` again, so that the brokers come back with their data, and run `up`; then lower it again.",
  );
}
