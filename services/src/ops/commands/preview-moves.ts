import type { Cluster } from "../cluster.js";
import { partitionKey, type SizesOnBroker } from "../log-dirs.js";
import { clusterPort } from "../move/cluster-port.js";
import { batchesWithRoom } from "../move/batches.js";
import { whenAnswered } from "../move/fit.js";
import { goesTo, targetsOf } from "../move/reassignments.js";
import { copiesUnderWay, type Disks, Room } from "../move/room.js";
import { bytesLeft, bytesLeftOn } from "../move/sizes.js";
import { type Placement, readPlacement } from "../placement.js";
import { addedReplicas, type PlanChange } from "../plan/types.js";
import { RefusedError } from "../refused.js";
import { add, tally } from "../tally.js";
import { type CopyOptions, moveOptions, planChanges, refuseIfTooWide, sizesToEven } from "./redistribute.js";

/** What `rebalance` would do. */
export interface MovesPreview {
  readonly brokers: readonly number[];
  /** Requested brokers that are not up. */
  readonly absent: readonly number[];
  readonly moves: readonly Move[];
  /** Bytes to copy, for all replicas together. */
  readonly bytes: number;
  /** The least time that copying takes at the throttle, in seconds: that of the broker with most to receive or send. */
  readonly seconds: number;
  readonly load: readonly Load[];
  readonly shares: readonly Share[];
  /** Why the disks have no room for this, so that `rebalance` would refuse it; absent when they have. */
  readonly refusal?: string | undefined;
}

/** A partition that gets other replicas. */
interface Move extends PlanChange {
  readonly bytes: number;
}

/** Bytes that a broker has to copy. */
interface Load {
  readonly broker: number;
  readonly receives: number;
  readonly sends: number;
}

/** What a broker holds before and after. */
interface Share {
  readonly broker: number;
  readonly before: Held;
  readonly after: Held;
}

interface Held {
  readonly replicas: number;
  /** Absent where the broker does not answer, or is not there. */
  readonly bytes?: number | undefined;
  /** The used part of its fullest disk. Absent where the broker cannot tell. */
  readonly diskPercent?: number | undefined;
}

/** How to plan. */
export interface PreviewOptions extends CopyOptions {
  /** The brokers that would hold everything. They need not be up, or exist: `--brokers 0-5` shows the effect of three more. */
  readonly brokers: readonly number[];
  /** Whether brokers shall have equally many bytes, too. @default false */
  readonly evenBytes?: boolean | undefined;
}

/**
 * Plans without doing anything.
 *
 * @throws {@link RefusedError} when a topic has more replicas than there would be brokers.
 */
export async function previewMoves(cluster: Cluster, options: PreviewOptions): Promise<MovesPreview> {
  const placement = await readPlacement(cluster);
  refuseIfTooWide(placement, options.brokers);
  const port = clusterPort(cluster, options.throttle);
  const { disks, bytes } = await whenAnswered(port, options, async (disksOf) => {
    const disks = await disksOf([...placement.view.brokers.keys()]);
    return { disks, bytes: options.evenBytes === true ? sizesToEven(placement, disks) : undefined };
  });
  return preview(placement, planChanges(placement, options.brokers, bytes), disks, options);
}

/** {@link previewMoves} on data that has been read. */
export function preview(
  placement: Placement,
  changes: readonly PlanChange[],
  disks: Disks,
  options: PreviewOptions,
): MovesPreview {
  const { brokers, throttle } = options;
  const { view, partitions } = placement;
  const sizes = new Map<number, SizesOnBroker>([...disks].map(([broker, held]) => [broker, held.sizes]));
  const leaders = new Map(partitions.map(({ topic, partition, leader }) => [partitionKey(topic, partition), leader]));
  const receives = new Map<number, number>();
  const sends = new Map<number, number>();
  for (const change of changes) {
    const left = bytesLeft(change, sizes);
    for (const id of addedReplicas(change)) add(receives, id, bytesLeftOn(id, change, sizes));
    add(sends, leaders.get(partitionKey(change.topic, change.partition)) ?? -1, left);
  }
  const load = [...new Set([...receives.keys(), ...sends.keys()])]
    .sort((one, other) => one - other)
    .map((broker) => ({ broker, receives: receives.get(broker) ?? 0, sends: sends.get(broker) ?? 0 }))
    .filter((each) => each.receives + each.sends > 0);
  const absent = brokers.filter((id) => !view.brokers.has(id));
  return {
    brokers,
    absent,
    moves: changes.map((change) => ({ ...change, bytes: bytesLeft(change, sizes) })),
    bytes: changes.reduce((sum, change) => sum + bytesLeft(change, sizes), 0),
    seconds: load.reduce((most, each) => Math.max(most, each.receives, each.sends), 0) / throttle,
    load,
    shares: sharesOf(placement, changes, disks, options),
    refusal: refusalOf(placement, changes, disks, options),
  };
}

/** What each broker holds before and after, among those that are up, hold something, or will. */
function sharesOf(
  { view, partitions }: Placement,
  changes: readonly PlanChange[],
  disks: Disks,
  options: PreviewOptions,
): Share[] {
  const room = new Room(disks, 100);
  const replicas = tally(partitions.map(({ held }) => held));
  const bytes = new Map([...disks].map(([broker, { sizes }]) => [broker, sum(sizes.values())]));
  const ids = [...new Set([...view.brokers.keys(), ...options.brokers, ...replicas.keys()])].sort((a, b) => a - b);
  const held = () =>
    ids.map((id) => ({ replicas: replicas.get(id) ?? 0, bytes: bytes.get(id), diskPercent: room.percentOf(id) }));
  const before = held();
  for (const copy of copiesUnderWay(changes, disks)) {
    room.fill(copy);
    room.release(copy);
    for (const { broker, bytes: more } of copy.added) {
      add(replicas, broker, 1);
      // One that is not there yet has nothing else.
      if (bytes.has(broker) || !view.brokers.has(broker)) add(bytes, broker, more);
    }
    for (const broker of copy.removed) {
      add(replicas, broker, -1);
      if (bytes.has(broker)) add(bytes, broker, -(disks.get(broker)?.sizes.get(copy.key) ?? 0));
    }
  }
  const after = held();
  return ids.map((broker, index) => ({
    broker,
    before: before[index] ?? { replicas: 0 },
    after: after[index] ?? { replicas: 0 },
  }));
}

/** Of brokers that are not there yet, nothing is known about the disks. */
function refusalOf(
  { view, ongoing }: Placement,
  changes: readonly PlanChange[],
  disks: Disks,
  options: CopyOptions,
): string | undefined {
  const targets = targetsOf(ongoing);
  const known = changes.filter((change) => addedReplicas(change).every((id) => view.brokers.has(id)));
  try {
    batchesWithRoom(known, disks, { ...moveOptions(options), underWay: (change) => goesTo(targets, change) });
    return undefined;
  } catch (error) {
    if (error instanceof RefusedError) return error.message;
    throw error;
  }
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const each of numbers) total += each;
  return total;
}
