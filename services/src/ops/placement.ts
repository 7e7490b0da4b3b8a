import type { ClusterView } from "../kafka/client.js";
import type { Cluster } from "./cluster.js";
import { partitionKey } from "./log-dirs.js";
import { listOngoing, type Ongoing } from "./move/reassignments.js";
import type { PlanPartition } from "./plan/types.js";

/**
 * A partition with the replicas that it is to have. While replicas are exchanged, Kafka's metadata shows old and new ones together; whoever took those for the
 * partition's replicas would find a replication factor that nobody asked for.
 */
export interface PlacedPartition extends PlanPartition {
  /** What the replicas are or, while they are exchanged, will be; the preferred leader first. */
  readonly replicas: readonly number[];
  /** Brokers that hold the partition in full, those that it will leave included; those that are still being filled are not among them. */
  readonly held: readonly number[];
  /** Whether Kafka is exchanging replicas. */
  readonly moving: boolean;
  /** -1 while there is none. */
  readonly leader: number;
  readonly isr: readonly number[];
}

/** Whether fewer replicas are in sync than there are to be. A replica that is still being filled is not missed while the others are there. */
export const isUnderReplicated = ({ replicas, isr }: PlacedPartition): boolean => isr.length < replicas.length;

/** The cluster with what is under way in it. */
export interface Placement {
  readonly view: ClusterView;
  /** All partitions of all topics, internal ones too. */
  readonly partitions: readonly PlacedPartition[];
  readonly ongoing: readonly Ongoing[];
}

/** Looks at metadata that seems to be late; with the pauses between them, three seconds. */
const LOOKS = 6;
const PAUSE_MS = 500;

/**
 * Reads where all replicas are and will be.
 *
 * What is under way is asked of the controller before and after the metadata: an exchange that ends in between is not taken for a partition with more replicas.
 * Brokers hear of the end of an exchange a moment after the controller, so metadata that looks like that is read again.
 */
export async function readPlacement(cluster: Cluster): Promise<Placement> {
  for (let look = 1; ; look += 1) {
    const before = await listOngoing(cluster);
    const view = await cluster.describe();
    const placement = place(view, before, await listOngoing(cluster));
    if (look === LOOKS || !seemsLate(placement.partitions)) return placement;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/**
 * Puts metadata together with the exchanges under way.
 *
 * @param before - exchanges under way before the metadata was read: one that is not in `after` has ended since, with its target
 */
export function place(view: ClusterView, before: readonly Ongoing[], after: readonly Ongoing[]): Placement {
  const going = new Map(after.map((each) => [partitionKey(each.topic, each.partition), each]));
  const ended = new Map(before.map((each) => [partitionKey(each.topic, each.partition), each]));
  const partitions = [...view.topics.values()].flatMap(({ name: topic, partitions: members }) =>
    members.map(({ index: partition, replicas, leader, isr }): PlacedPartition => {
      const key = partitionKey(topic, partition);
      const move = going.get(key);
      if (move === undefined) {
        const settled = ended.get(key)?.target ?? replicas;
        return { topic, partition, replicas: settled, held: settled, moving: false, leader, isr };
      }
      const held = replicas.filter((id) => !move.adding.includes(id));
      return { topic, partition, replicas: move.target, held, moving: true, leader, isr };
    }),
  );
  return { view, partitions, ongoing: after };
}

/** A topic's partitions nearly always have the same number of replicas: one with more may be one whose exchange has just ended. */
function seemsLate(partitions: readonly PlacedPartition[]): boolean {
  const widths = new Map<string, number>();
  return partitions.some(({ topic, replicas, moving }) => {
    if (moving) return false;
    const width = widths.get(topic) ?? replicas.length;
    widths.set(topic, width);
    return width !== replicas.length;
  });
}
