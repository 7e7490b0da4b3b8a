import type { ClusterView } from "../kafka/client.js";
import type { Cluster } from "./cluster.js";
import { partitionKey } from "./log-dirs.js";
import { listOngoing, type Ongoing } from "./move/reassignments.js";
import type { PlanPartition } from "./plan/types.js";

/**
 * A partition with its target replicas. During a reassignment, Kafka's metadata shows old and new replicas together; taken for the partition's
 * replicas, they would give a replication factor that nobody asked for.
 */
export interface PlacedPartition extends PlanPartition {
  /** The replicas or, during a reassignment, the future ones; the preferred leader first. */
  readonly replicas: readonly number[];
  /** Brokers with a complete replica, including those that will lose it; replicas that are still being filled do not count. */
  readonly held: readonly number[];
  /** Whether Kafka is reassigning it. */
  readonly moving: boolean;
  /** -1 while there is none. */
  readonly leader: number;
  readonly isr: readonly number[];
}

/** Whether an in-sync replica is missing. A replica that is still being filled does not count as missing while the others are there. */
export const isUnderReplicated = ({ replicas, isr }: PlacedPartition): boolean => isr.length < replicas.length;

/** The cluster with its reassignments. */
export interface Placement {
  readonly view: ClusterView;
  /** All partitions of all topics, internal ones too. */
  readonly partitions: readonly PlacedPartition[];
  readonly ongoing: readonly Ongoing[];
}

/** Reads of metadata that seems stale; with the pauses in between, three seconds. */
const LOOKS = 6;
const PAUSE_MS = 500;

/**
 * Reads where all replicas are and will be.
 *
 * It asks the controller for reassignments before and after reading the metadata, so that one that ends in between does not look like a partition
 * with more replicas. Brokers learn of that end a moment after the controller, so metadata that looks stale is read again.
 */
export const readPlacement = (cluster: Cluster): Promise<Placement> => read(cluster, () => cluster.describe());

/** {@link readPlacement}, by the metadata of one broker; undefined when it is not there. */
export const placementKnownTo = (cluster: Cluster, broker: number): Promise<Placement | undefined> =>
  read(cluster, () => cluster.describedBy(broker));

async function read<View extends ClusterView | undefined>(
  cluster: Cluster,
  describe: () => Promise<View>,
): Promise<Placement | Extract<View, undefined>> {
  for (let look = 1; ; look += 1) {
    const before = await listOngoing(cluster);
    const view = await describe();
    if (view === undefined) return view as Extract<View, undefined>;
    const placement = place(view, before, await listOngoing(cluster));
    if (look === LOOKS || !seemsLate(placement.partitions)) return placement;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/**
 * Combines metadata with the reassignments under way.
 *
 * @param before - reassignments before the metadata was read: one that is not in `after` has ended since, with its target
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

/** Whether no other broker than these holds or receives a replica. */
export function holdEverything({ partitions }: Placement, brokers: readonly number[]): boolean {
  const allowed = new Set(brokers);
  return partitions.every(({ held, replicas }) => [...held, ...replicas].every((id) => allowed.has(id)));
}

/** A topic's partitions nearly always have the same number of replicas, so one with more may have just ended its reassignment. */
function seemsLate(partitions: readonly PlacedPartition[]): boolean {
  const widths = new Map<string, number>();
  return partitions.some(({ topic, replicas, moving }) => {
    if (moving) return false;
    const width = widths.get(topic) ?? replicas.length;
    widths.set(topic, width);
    return width !== replicas.length;
  });
}
