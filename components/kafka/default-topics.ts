import { defaultInSync, defaultReplication, withDefaultSettings, type SettingsBasis } from "./default-settings";
import type { Settings } from "./settings";

/** A declared topic; only its name has no default. */
export interface TopicSpec {
  /** 1 to 249 of the characters A-Z a-z 0-9 . _ - */
  readonly name: string;
  /** Partitions. More may be added later, never fewer. @default 12 */
  readonly partitions?: number | undefined;
  /** Replicas of each partition. @default 3, or as many as there are brokers */
  readonly replicationFactor?: number | undefined;
  /** Topic settings under Kafka's own names. @default those of the brokers, with a `min.insync.replicas` that fits the replication factor */
  readonly config?: Settings | undefined;
}

/** A declared topic with every default filled in. */
export interface Topic {
  /** Its name. */
  readonly name: string;
  /** More may be added later, never fewer. */
  readonly partitions: number;
  /** Replicas of each partition. */
  readonly replicationFactor: number;
  /** Topic settings under Kafka's own names. */
  readonly config: Settings;
}

/** Default number of partitions: it divides evenly among 2, 3, 4, 6 and 12 brokers or consumers. */
export const DEFAULT_PARTITIONS = 12;

/**
 * The declared topics with their defaults. A topic whose replication factor does not fit the brokers' `min.insync.replicas` gets its own value; a
 * written value is never overridden.
 *
 * @param written broker settings that a user chose.
 */
export function withDefaultsOfTopics<Declared extends TopicSpec>(
  basis: SettingsBasis,
  written: Settings,
  topics: readonly Declared[],
): (Declared & Topic)[] {
  const usualCopies = defaultReplication(basis.brokers);
  const usual = defaultInSync(usualCopies);
  const named = written["min.insync.replicas"] !== undefined;
  const inherited = Number(withDefaultSettings(basis, written)["min.insync.replicas"]);
  return topics.map((declared) => {
    const replicationFactor = declared.replicationFactor ?? usualCopies;
    const fitting = Math.min(defaultInSync(replicationFactor), usual);
    // The brokers' value for undeclared topics may be lower: a declared topic keeps what its own replicas allow.
    const own = !named && fitting !== inherited;
    const config: Settings = { ...(own && { "min.insync.replicas": fitting }), ...declared.config };
    return { ...declared, partitions: declared.partitions ?? DEFAULT_PARTITIONS, replicationFactor, config };
  });
}
