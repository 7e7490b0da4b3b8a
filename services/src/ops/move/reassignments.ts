import { alterPartitionReassignmentsV0, listPartitionReassignmentsV0 } from "@platformatic/kafka";
import { reassignedOf, targetOf } from "../../kafka/reassigned.js";
import type { Cluster } from "../cluster.js";
import { partitionKey } from "../log-dirs.js";
import { isSame, type PlanChange } from "../plan/types.js";

/** A partition under reassignment. */
export interface Ongoing {
  readonly topic: string;
  readonly partition: number;
  /** The future replicas, the preferred leader first. */
  readonly target: readonly number[];
  readonly adding: readonly number[];
}

/** A partition and its wanted replicas. */
export interface Reassignment {
  readonly topic: string;
  readonly partition: number;
  readonly replicas: readonly number[];
}

/** The targets of reassignments, by {@link partitionKey}. */
export type Targets = ReadonlyMap<string, readonly number[]>;

/** {@link Targets} of what is under way. */
export const targetsOf = (ongoing: readonly Ongoing[]): Targets =>
  new Map(ongoing.map(({ topic, partition, target }) => [partitionKey(topic, partition), target]));

/** Whether a change is under way. */
export const goesTo = (targets: Targets, { topic, partition, to }: PlanChange): boolean =>
  isSame(targets.get(partitionKey(topic, partition)) ?? [], to);

/** The reassignments under way in the whole cluster. */
export async function listOngoing(cluster: Cluster): Promise<Ongoing[]> {
  const listed = await cluster.request(
    "listing reassignments",
    "controller",
    listPartitionReassignmentsV0.api,
    30_000,
    null,
  );
  return reassignedOf(listed).map(({ topic, partition, replicas, adding, removing }) => ({
    topic,
    partition,
    target: targetOf({ replicas, removing }),
    adding,
  }));
}

/**
 * Begins or redirects reassignments. Partitions of topics that were deleted meanwhile are left out.
 *
 * @throws {@link RefusedError} naming the first partition that Kafka refuses.
 */
export async function reassign(cluster: Cluster, reassignments: readonly Reassignment[]): Promise<void> {
  if (reassignments.length === 0) return;
  const topics = [...Map.groupBy(reassignments, ({ topic }) => topic)].map(([name, members]) => ({
    name,
    partitions: members.map(({ partition, replicas }) => ({ partitionIndex: partition, replicas: [...replicas] })),
  }));
  await cluster.requestUnlessGone(
    "reassigning partitions",
    "controller",
    ["UNKNOWN_TOPIC_OR_PARTITION"],
    alterPartitionReassignmentsV0.api,
    30_000,
    true,
    topics,
  );
}
