import type { Cluster } from "../cluster.js";
import { count, formatBytes, formatDuration, formatTable } from "../format.js";
import { sizesOf } from "../move/cluster-port.js";
import { bytesLeft, bytesLeftOn, type Sizes } from "../move/sizes.js";
import { type Placement, readPlacement } from "../placement.js";
import { addedReplicas, type PlanChange } from "../plan/types.js";
import { planChanges, refuseIfTooWide } from "./redistribute.js";

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

/** Moves that are listed for people; `--json` has all of them. */
const LISTED = 50;

/**
 * Plans without doing anything. Brokers need not be up, or exist: `--brokers 0-5` shows the effect of three more.
 *
 * @param throttle - bytes per second that copying may take of each broker, in each direction
 * @throws {@link RefusedError} when a topic has more replicas than there would be brokers.
 */
export async function previewMoves(
  cluster: Cluster,
  brokers: readonly number[],
  throttle: number,
): Promise<MovesPreview> {
  const placement = await readPlacement(cluster);
  refuseIfTooWide(placement, brokers);
  const changes = planChanges(placement, brokers);
  return preview(placement, brokers, changes, await sizesOf(cluster, changes), throttle);
}

/** {@link previewMoves} on data that has been read. */
export function preview(
  { view, partitions }: Placement,
  brokers: readonly number[],
  changes: readonly PlanChange[],
  sizes: Sizes,
  throttle: number,
): MovesPreview {
  const leaders = new Map(partitions.map(({ topic, partition, leader }) => [`${topic}-${partition}`, leader]));
  const receives = new Map<number, number>();
  const sends = new Map<number, number>();
  const add = (to: Map<number, number>, id: number, bytes: number) => to.set(id, (to.get(id) ?? 0) + bytes);
  for (const change of changes) {
    const left = bytesLeft(change, sizes);
    for (const id of addedReplicas(change)) add(receives, id, bytesLeftOn(id, change, sizes));
    add(sends, leaders.get(`${change.topic}-${change.partition}`) ?? -1, left);
  }
  const load = [...new Set([...receives.keys(), ...sends.keys()])]
    .sort((one, other) => one - other)
    .map((broker) => ({ broker, receives: receives.get(broker) ?? 0, sends: sends.get(broker) ?? 0 }))
    .filter((each) => each.receives + each.sends > 0);
  return {
    brokers,
    absent: brokers.filter((id) => !view.brokers.has(id)),
    moves: changes.map((change) => ({ ...change, bytes: bytesLeft(change, sizes) })),
    bytes: changes.reduce((sum, change) => sum + bytesLeft(change, sizes), 0),
    seconds: Math.max(0, ...load.map((each) => Math.max(each.receives, each.sends))) / throttle,
    load,
  };
}

/** A preview as lines for people. */
export function showMoves({ brokers, absent, moves, bytes, seconds, load }: MovesPreview): string[] {
  if (moves.length === 0)
    return [`Partitions are spread evenly over ${count(brokers.length, "broker")}; nothing would move.`];
  const rows = moves
    .slice(0, LISTED)
    .map((move) => [
      `${move.topic}-${move.partition}`,
      move.from.join(","),
      move.to.join(","),
      formatBytes(move.bytes),
    ]);
  const lines = formatTable([["PARTITION", "FROM", "TO", "TO COPY"], ...rows]);
  if (moves.length > LISTED) lines.push(`and ${moves.length - LISTED} more; --json has all of them.`);
  const loads = load.map((each) => [each.broker, formatBytes(each.receives), formatBytes(each.sends)]);
  if (loads.length > 0) lines.push("", ...formatTable([["BROKER", "RECEIVES", "SENDS"], ...loads]));
  lines.push(
    "",
    `${count(moves.length, "partition")}, ${formatBytes(bytes)} to copy: at least ${formatDuration(seconds)} at the throttle.`,
  );
  if (absent.length > 0) {
    lines.push(`Not up: ${absent.join(", ")}. Their racks are not known, so the plan ignores racks.`);
  }
  return lines;
}
