/** A broker that may hold replicas. */
export interface PlanBroker {
  readonly id: number;
  /** Brokers of one rack fail together. Racks count only when every broker has one. */
  readonly rack?: string | undefined;
}

/** A partition's replicas, the preferred leader first. */
export interface PlanPartition {
  readonly topic: string;
  readonly partition: number;
  readonly replicas: readonly number[];
}

/** A partition that gets other replicas, or the same ones with another preferred leader. */
export interface PlanChange {
  readonly topic: string;
  readonly partition: number;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Bytes of a replica of each partition, by `partitionKey`. */
export type Bytes = ReadonlyMap<string, number>;

/** The brokers that get a new replica: the data to copy. */
export function addedReplicas(change: PlanChange): number[] {
  return change.to.filter((id) => !change.from.includes(id));
}

/** Whether two lists have the same replicas in the same order. */
export function isSame(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((id, index) => id === other[index]);
}
