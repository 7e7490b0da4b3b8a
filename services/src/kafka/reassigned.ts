/** A partition under reassignment, as Kafka lists it. */
export interface Reassigned {
  readonly topic: string;
  readonly partition: number;
  /** All replicas, those on the way included. */
  readonly replicas: readonly number[];
  readonly adding: readonly number[];
  readonly removing: readonly number[];
}

/** Kafka's answer. */
interface Listed {
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly {
      readonly partitionIndex: number;
      readonly replicas: readonly number[];
      readonly addingReplicas: readonly number[];
      readonly removingReplicas: readonly number[];
    }[];
  }[];
}

/** The partitions of Kafka's answer. */
export const reassignedOf = ({ topics }: Listed): Reassigned[] =>
  topics.flatMap(({ name: topic, partitions }) =>
    partitions.map(({ partitionIndex: partition, replicas, addingReplicas: adding, removingReplicas: removing }) => ({
      topic,
      partition,
      replicas,
      adding,
      removing,
    })),
  );

/** The future replicas, the preferred leader first. */
export const targetOf = ({ replicas, removing }: Pick<Reassigned, "replicas" | "removing">): number[] =>
  replicas.filter((id) => !removing.includes(id));
