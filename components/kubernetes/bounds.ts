/** Inclusive bounds of numbers, for stack files and component arguments. */
export const BOUNDS = {
  brokers: [1, 1000],
  /** Of a broker. */
  ordinal: [0, 999],
  /** Controllers and ZooKeeper servers; odd, because 2n of them survive no more losses than 2n-1. */
  quorum: [1, 9],
  persistentServers: [1, 9],
  partitions: [1, 100_000],
  replicationFactor: [1, 1000],
  volumes: [1, 16],
  graceSeconds: [30, 3600],
  stallSeconds: [60, 604_800],
  /** Of a disk, in percent. */
  diskLimit: [1, 100],
  /** Bytes per second of a quota: a client would make no progress with less. */
  quotaBytes: [1_024, 1e12],
  /** Which password a user has. */
  rotate: [1, 1_000_000],
  /** Which authority signs certificates. */
  authority: [1, 1_000_000],
  /** Up to a year: certificates are valid for one. */
  authorityWaitHours: [0, 8_760],
  /** Kubernetes' default range. */
  nodePort: [30_000, 32_767],
} as const satisfies Readonly<Record<string, readonly [min: number, max: number]>>;

/** The lowest throttle of moves, in bytes per second. */
export const LEAST_RATE = 1024;

/**
 * The smallest heap, in bytes, with which each kind of server was seen to start, with Kafka 4.3.1 and ZooKeeper 3.8.6 on Java 17. Brokers need the log
 * cleaner's buffer besides.
 */
export const LEAST_HEAP = { broker: 40 * 2 ** 20, controller: 28 * 2 ** 20, zookeeper: 12 * 2 ** 20 } as const;

/** Maximum share of the memory limit for a JVM's heap; threads, buffers, code and metadata need the rest. */
export const HEAP_SHARE = 0.75;

/** Forms of text values, with the words for what is allowed. */
export const FORMS = {
  clusterId: [/^[A-Za-z0-9_-]{22}$/, "22 characters of base64url, as `kafka-storage.sh random-uuid` prints them"],
  metadataVersion: [/^\d+\.\d+(-IV\d+)?$/, "a metadata version such as 4.2 or 4.3-IV0"],
  topicName: [/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/, "1 to 249 of the characters A-Z a-z 0-9 . _ -"],
  host: [/^[A-Za-z0-9.:-]+$/, "a host name or address that clients can connect to"],
} as const satisfies Readonly<Record<string, readonly [form: RegExp, allowed: string]>>;

/** Whether it is a whole number between bounds, both included. */
export const isWithin = (number: number, [min, max]: readonly [min: number, max: number]): boolean =>
  Number.isInteger(number) && number >= min && number <= max;

/** The words for a whole number between bounds. */
export const wholeNumber = (min: number, max: number): string => `a whole number from ${min} to ${max}`;

/** The words for an odd number between bounds. */
export const oddNumber = (min: number, max: number): string => `an odd number from ${min} to ${max}`;

/** The largest number of servers in a quorum among so many: the next odd one below. */
export const mostInQuorum = (servers: number): number => servers - ((servers + 1) % 2);

/** The words for a size in bytes. */
export const SIZE = "a size such as 512Mi or 3Gi, at least 1Mi";

/** The words for CPU cores. */
export const CPU = "CPU cores such as 250m or 2";

/** The words for the JVM heap of a kind of server. */
export const heapWords = (kind: keyof typeof LEAST_HEAP): string =>
  `a JVM heap size of at least ${LEAST_HEAP[kind] / 2 ** 20}m, such as 512m or 4g`;
