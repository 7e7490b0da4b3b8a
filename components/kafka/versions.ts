/** Kafka versions that a cluster may run, by where it keeps its metadata, the default first. 3.9 is the last line with ZooKeeper. */
export const KAFKA_VERSIONS = {
  kraft: ["4.3.1", "4.2.1", "3.9.2"],
  zookeeper: ["3.9.2"],
} as const;

/** Where Kafka keeps its metadata: in its own quorum (`kraft`) or in a ZooKeeper ensemble. */
export type Mode = keyof typeof KAFKA_VERSIONS;

/** A Kafka version that a cluster may run. */
export type KafkaVersion = (typeof KAFKA_VERSIONS)[Mode][number];

/** Differences between the lines of Kafka that a stack may run. */
export interface VersionFeatures {
  /** Whether it supports only KRaft, and has no setting for ZooKeeper left. */
  readonly onlyKraft: boolean;
  /** Whether controllers join and leave a running quorum. Otherwise the quorum stays as it was founded. */
  readonly autoJoinsQuorum: boolean;
  /** Whether share groups have their own topic for state. */
  readonly shareState: boolean;
  /** Whether assignors have short names besides class names. */
  readonly namedAssignors: boolean;
  /** Whether a server starts only if a group's heartbeat is shorter than its session. */
  readonly checksHeartbeats: boolean;
  /** Whether `offsets.commit.required.acks` exists, and must fit the replicas of the offsets' topic. */
  readonly commitAcks: boolean;
  /** Whether a broker can be cordoned, so that Kafka places no new replicas on it. The cluster's metadata version must be of 4.3, too. */
  readonly cordons: boolean;
}

const SINCE_4 = {
  onlyKraft: true,
  autoJoinsQuorum: true,
  shareState: true,
  namedAssignors: true,
  checksHeartbeats: true,
  commitAcks: false,
} as const;

/** The release from which brokers and controllers know of cordoned brokers. */
export const CORDONS_SINCE = "4.3";

/** Lines by how their versions begin. */
const LINES: Readonly<Record<string, VersionFeatures>> = {
  3: {
    onlyKraft: false,
    autoJoinsQuorum: false,
    shareState: false,
    namedAssignors: false,
    checksHeartbeats: false,
    commitAcks: true,
    cordons: false,
  },
  "4.2": { ...SINCE_4, cordons: false },
  [CORDONS_SINCE]: { ...SINCE_4, cordons: true },
};

/**
 * The features of a Kafka version.
 *
 * @param version such as `4.3.1`.
 * @throws for an unknown line of versions.
 */
export function featuresOf(version: string): VersionFeatures {
  const abilities = Object.entries(LINES).find(([line]) => version.startsWith(`${line}.`))?.[1];
  if (abilities) return abilities;
  const known = new Intl.ListFormat("en-GB").format(Object.keys(LINES).map((line) => `${line}.x`));
  throw new Error(`Nothing is known of Kafka ${version}; known are ${known}.`);
}

/** The first release of metadata that all of these versions read: before it, KRaft was no production feature. */
export const FIRST_METADATA = "3.3";

/** The release of a version: `4.3` of `4.3.1`. */
export const releaseOf = (version: string): string => version.split(".").slice(0, 2).join(".");

/** Whether a release, such as `4.2` or `4.2-IV1`, is before another one. A version, such as `4.3.1`, counts as its release. */
export function isBefore(release: string, other: string): boolean {
  const [[major = 0, minor = 0], [otherMajor = 0, otherMinor = 0]] = [numbersOf(release), numbersOf(other)];
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

const numbersOf = (release: string): number[] => release.split(/[.-]/).slice(0, 2).map(Number);
