/** What a right can be on, in Kafka's words. */
export type RightResource = "topic" | "group" | "transactionalId" | "cluster";

/** What may be done with each kind of resource: Kafka's own table (`org.apache.kafka.security.authorizer.AclEntry`), without `clusterAction`, which is for servers. */
export const OPERATIONS = {
  topic: ["read", "write", "create", "describe", "delete", "alter", "describeConfigs", "alterConfigs"],
  group: ["read", "describe", "delete", "describeConfigs", "alterConfigs"],
  transactionalId: ["describe", "write"],
  cluster: ["create", "describe", "alter", "describeConfigs", "alterConfigs", "idempotentWrite"],
} as const satisfies Record<RightResource, readonly string[]>;

/** What may be done with some kind of resource. */
export type Operation = (typeof OPERATIONS)[RightResource][number];

/** What short words stand for. Kafka lets whoever may read or write also describe, and since Kafka 2.8 idempotent writes need no other right. */
export const SHORT_WORDS = {
  produce: { topic: ["write"], transactionalId: ["write"] },
  consume: { topic: ["read"], group: ["read"] },
  all: OPERATIONS,
} as const satisfies Record<string, Partial<Record<RightResource, readonly Operation[]>>>;

/** A short word for operations. */
export type ShortWord = keyof typeof SHORT_WORDS;

/** All words of `allow`. */
export const WORDS: readonly (Operation | ShortWord)[] = [
  ...(Object.keys(SHORT_WORDS) as ShortWord[]),
  ...new Set(Object.values(OPERATIONS).flat()),
];

/** What a user may do with the resources that it names, one or several: each word of `allow` holds for all of them that know it. */
export interface RightSpec {
  /** A topic; `*` is every topic. */
  readonly topic?: string | undefined;
  /** What names of topics begin with. */
  readonly topicPrefix?: string | undefined;
  /** A consumer group; `*` is every group. */
  readonly group?: string | undefined;
  /** What names of groups begin with. */
  readonly groupPrefix?: string | undefined;
  /** A transactional id; `*` is every one. */
  readonly transactionalId?: string | undefined;
  /** What transactional ids begin with. */
  readonly transactionalIdPrefix?: string | undefined;
  /** The cluster itself: its settings, and topics in general. @default false */
  readonly cluster?: boolean | undefined;
  /** Kafka's operations, or `produce`, `consume` and `all`. */
  readonly allow: readonly (Operation | ShortWord)[];
}

/** A user's quotas, on each broker. An absent one is no limit. */
export interface QuotaSpec {
  /** Bytes per second that it may write to a broker. */
  readonly producerByteRate?: number | undefined;
  /** Bytes per second that it may read from a broker. */
  readonly consumerByteRate?: number | undefined;
  /** Time of a broker's request and network threads that its requests may take, in percent of one thread. */
  readonly requestPercentage?: number | undefined;
  /** Partitions per second that it may create and delete. */
  readonly controllerMutationRate?: number | undefined;
}

/** Where a user's certificate goes, or its password. */
export interface UserSecretSpec {
  /** Namespace, which must exist. @default that of the cluster */
  readonly namespace?: string | undefined;
  /** Name of the Secret. @default `kafka-user-` and the user's name */
  readonly name?: string | undefined;
}

/** An application, or a person, that connects to a cluster that is closed by certificates. */
export interface UserSpec {
  /** 1 to 63 of the characters a-z 0-9 . -, which Kafka knows the user by: `User:<name>`. Names that begin with `kafka-` are the stack's own. */
  readonly name: string;
  /** What the user is known by: a certificate of the stack's authority, or a password (SCRAM-SHA-512), at a listener of its own. @default tls */
  readonly authentication?: "tls" | "scram-sha-512" | undefined;
  /** Which password the user has: a higher number is a new one. The one before it still works until the next. @default 1 */
  readonly rotate?: number | undefined;
  /** All that it may do. */
  readonly rights: readonly RightSpec[];
  /** Its quotas. @default no limits */
  readonly quotas?: QuotaSpec | undefined;
  /** Where its certificate or its password goes. @default a Secret of the cluster's namespace */
  readonly secret?: UserSecretSpec | undefined;
}

/** Whether a user is known by a password. */
export const hasPassword = ({ authentication }: Pick<UserSpec, "authentication">): boolean =>
  authentication === "scram-sha-512";

/** Name of the Secret with a user's certificate or password, unless the user names another one. */
export const userSecret = (user: string): string => `kafka-user-${user}`;
