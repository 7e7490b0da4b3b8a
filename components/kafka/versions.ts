/** Kafka versions that a cluster may run, by how it keeps its metadata, the default first. 3.9 is the last line with ZooKeeper. */
export const KAFKA_VERSIONS = {
  kraft: ["4.3.1", "4.2.1", "3.9.2"],
  zookeeper: ["3.9.2"],
} as const;

/** How Kafka keeps its metadata: by itself (`kraft`) or in a ZooKeeper ensemble. */
export type Mode = keyof typeof KAFKA_VERSIONS;

/** A Kafka version that a cluster may run. */
export type KafkaVersion = (typeof KAFKA_VERSIONS)[Mode][number];

/** What differs between the lines of Kafka that a stack may run. */
export interface VersionFeatures {
  /** Whether it runs without ZooKeeper only, so that nothing of its own is left that needs one. */
  readonly onlyKraft: boolean;
  /** Whether controllers join a running quorum and leave it. Otherwise the quorum is the one that the cluster was founded with. */
  readonly autoJoinsQuorum: boolean;
  /** Whether share groups have a topic of their own for their state. */
  readonly shareState: boolean;
  /** Whether assignors have names beside those of their classes. */
  readonly namedAssignors: boolean;
  /** Whether a group's heartbeat must be shorter than its session for the server to start. */
  readonly checksHeartbeats: boolean;
  /** Whether `offsets.commit.required.acks` may be set, and must fit the copies of the offsets' topic. */
  readonly commitAcks: boolean;
}

/** By the first number of a version. */
const LINES: Readonly<Record<string, VersionFeatures>> = {
  3: {
    onlyKraft: false,
    autoJoinsQuorum: false,
    shareState: false,
    namedAssignors: false,
    checksHeartbeats: false,
    commitAcks: true,
  },
  4: {
    onlyKraft: true,
    autoJoinsQuorum: true,
    shareState: true,
    namedAssignors: true,
    checksHeartbeats: true,
    commitAcks: false,
  },
};

/**
 * What a version of Kafka can do.
 *
 * @param version such as `4.3.1`.
 * @throws when nothing is known of its line.
 */
export function featuresOf(version: string): VersionFeatures {
  const abilities = Object.entries(LINES).find(([line]) => version.startsWith(`${line}.`))?.[1];
  if (abilities) return abilities;
  throw new Error(`Nothing is known of Kafka ${version}; known are ${Object.keys(LINES).join(".x and ")}.x.`);
}
