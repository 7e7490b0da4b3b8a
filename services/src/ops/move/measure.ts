import type { Cluster } from "../cluster.js";
import type { Placement } from "../placement.js";
import type { PlanChange } from "../plan/types.js";
import { sizesOf } from "./cluster-port.js";
import { bytesArrived, totalLeft, type Sizes } from "./sizes.js";

/** The copying under way in the whole cluster. */
export interface Moves {
  readonly partitions: number;
  readonly bytesLeft: number;
  readonly bytesPerSecond: number;
  /** By how fast what is left becomes less, so that what is written meanwhile counts. Absent while it does not. */
  readonly secondsLeft: number | undefined;
}

/** Milliseconds between the two measurements of a rate: long enough that a throttle, which Kafka enforces over seconds, does not look like a stop. */
const BETWEEN_MS = 3_000;

/** Measures twice what is being copied. @returns undefined, at once, when nothing is */
export async function measureMoves(cluster: Cluster, { partitions }: Placement): Promise<Moves | undefined> {
  const moving = partitions
    .filter((each) => each.moving)
    .map(({ topic, partition, held, replicas }): PlanChange => ({ topic, partition, from: held, to: replicas }));
  if (moving.length === 0) return undefined;
  const since = performance.now();
  const first = await sizesOf(cluster, moving);
  await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  const second = await sizesOf(cluster, moving);
  return rateOf(moving, first, second, (performance.now() - since) / 1_000);
}

/** The rate between two measurements, `seconds` apart. */
export function rateOf(moving: readonly PlanChange[], first: Sizes, second: Sizes, seconds: number): Moves {
  const before = bytesArrived(moving, first);
  // A broker that did not answer one of the two says nothing about the rate.
  const copied = [...bytesArrived(moving, second)].map(([broker, bytes]) => bytes - (before.get(broker) ?? bytes));
  const bytesPerSecond = copied.reduce((sum, bytes) => sum + Math.max(0, bytes), 0) / seconds;
  const bytesLeft = totalLeft(moving, second);
  // A broker that answers only once would make the difference, too: what it copied counts then.
  const comparable = [...first.keys()].every((id) => second.has(id)) && first.size === second.size;
  const lessPerSecond = comparable ? (totalLeft(moving, first) - bytesLeft) / seconds : bytesPerSecond;
  return {
    partitions: moving.length,
    bytesLeft,
    bytesPerSecond,
    secondsLeft: bytesPerSecond > 0 && lessPerSecond > 0 ? bytesLeft / lessPerSecond : undefined,
  };
}
