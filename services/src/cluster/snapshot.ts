/** What the page of the cluster shows, as it goes over the wire. The browser reads the same types. */

/** How a partition is: in order, led by another than its preferred leader, under-replicated, or offline (without a leader). */
export type PartitionState = "." | "L" | "U" | "X";

/** What a broker says of the disks under its log directories. */
export interface DiskUse {
  /** Bytes of the file system with the smallest share left, and those of it that are left; null when no directory has one that is known. */
  readonly fullest: { readonly size: number; readonly free: number } | null;
  /** Its log directories. */
  readonly directories: number;
  /** Those of them that it cannot use any more. */
  readonly failed: number;
}

/** A broker that runs, or that is known because it is registered or has replicas. */
export interface BrokerRow {
  readonly id: number;
  /** Null when the broker has none, or is away and nobody says. */
  readonly rack: string | null;
  readonly running: boolean;
  /** Partitions that it leads. */
  readonly leaders: number;
  /** Partitions that it has, or gets, a replica of. */
  readonly replicas: number;
  /** Its replicas that are not in sync, without those that it is only getting. */
  readonly outOfSync: number;
  /** Whether it gets no new replicas; null when it is not known. */
  readonly cordoned: boolean | null;
  /** Null when it is not known, as of a broker that is away. */
  readonly disk: DiskUse | null;
}

/** A topic, with a letter for the state of each partition. */
export interface TopicRow {
  readonly name: string;
  readonly internal: boolean;
  /** Replicas of its first partition. */
  readonly replicationFactor: number;
  /** The {@link PartitionState} of each partition, in their order. */
  readonly map: string;
}

/** A partition that is not in order. */
export interface PartitionRow {
  readonly topic: string;
  readonly index: number;
  /** -1 without one. */
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly inSync: readonly number[];
  readonly state: PartitionState;
}

/** A reassignment under way. */
export interface MoveRow {
  readonly topic: string;
  readonly partition: number;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** A voter of the controllers' quorum. */
export interface VoterRow {
  readonly id: number;
  /** Milliseconds since it was last caught up, by the leader's account; null when it never was. */
  readonly behindMs: number | null;
}

/** Who controls the cluster. Without voters it is ZooKeeper's elected controller. */
export interface Controllers {
  /** -1 without one. */
  readonly leader: number;
  readonly voters: readonly VoterRow[];
}

/** A value, or the reason why it is not known. */
export type Known<T> = { readonly value: T } | { readonly unknown: string };

/** A bounded list, and the length of the whole. */
export interface Some<T> {
  readonly rows: readonly T[];
  readonly total: number;
}

/** Counts over the whole cluster, also over what the lists leave out. */
export interface Totals {
  readonly topics: number;
  readonly partitions: number;
  readonly offline: number;
  readonly underReplicated: number;
  /** Partitions that another broker than the preferred one leads, and that are otherwise in order. */
  readonly notPreferred: number;
}

/** A consumer group. */
export interface GroupRow {
  readonly name: string;
  readonly type: string;
  readonly state: string;
  /** Records that it has not consumed, in the partitions in which that is known. */
  readonly lag: number;
  /** Age of the oldest of them in seconds; null when it is not known of any. */
  readonly seconds: number | null;
  /** Partitions of which the lag, or its age, is not known. */
  readonly unknown: number;
}

/** The consumer groups as of the last round of the lag exporter, in ms since 1970. The largest lags come first. */
export interface Groups extends Some<GroupRow> {
  readonly at: number;
  /** Why there may be groups, positions or times beyond these. */
  readonly incomplete: readonly string[];
}

/** The parts of the page that change each by itself. */
export interface Parts {
  readonly clusterId: string;
  /** Why all this may be old, although a broker said it; null when there is no reason to doubt it. */
  readonly doubt: string | null;
  readonly totals: Totals;
  readonly brokers: readonly BrokerRow[];
  readonly attention: Some<PartitionRow>;
  readonly moves: Known<Some<MoveRow>>;
  readonly controllers: Known<Controllers>;
  readonly groups: Known<Groups>;
}

/** The cluster at one moment, without the groups, which are measured on their own. */
export interface Snapshot extends Omit<Parts, "groups"> {
  readonly topics: readonly TopicRow[];
}

/** An event of the stream: what changed since the one before, or everything. */
export type PageEvent =
  | {
      readonly answers: true;
      /** When Kafka answered, in ms since 1970. */
      readonly at: number;
      /** Whether everything that was known before is to be forgotten. */
      readonly full: boolean;
      readonly parts: Partial<Parts>;
      readonly topics: readonly TopicRow[];
      /** Names of topics that are no longer shown. */
      readonly gone: readonly string[];
    }
  | {
      readonly answers: false;
      readonly at: number;
      /** When the first question went unanswered, in ms since 1970. */
      readonly since: number;
      readonly why: string;
    };
