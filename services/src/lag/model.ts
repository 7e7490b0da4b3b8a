import type { ClusterView } from "../kafka/client.js";
import { LogTimes } from "./log-times.js";

/** A topic, with arrays by partition index. */
export interface Topic {
  readonly name: string;
  readonly id: string;
  /** Leaders; -1 while there is none. */
  readonly leaders: Int32Array;
  /** Offsets after the last record that consumers may read; NaN while unknown. */
  ends: Float64Array;
  /** Times in the logs of partitions in which a group lags. */
  readonly times: (LogTimes | undefined)[];
}

/** A group's positions in a topic, by partition. */
export interface Positions {
  /** The first unfinished offset of the group; -1 when it has none, NaN when it could not be read. */
  readonly offsets: Float64Array;
  /** Remaining records where the broker itself counts them, as for share groups; -1 when it does not know. */
  readonly left?: Float64Array | undefined;
  /** The log's ends, read after the positions. */
  readonly ends: Float64Array;
}

/** A consumer group. */
export interface Group {
  readonly name: string;
  /** `classic`, `consumer`, `share` or `streams`. */
  readonly type: string;
  /** Kafka's name of the state: `Stable`, `Empty` … */
  state: string;
  topics: ReadonlyMap<string, Positions>;
}

/** Kinds of values that could not be found out. */
export const TROUBLES = ["cluster", "coordinator", "group", "position", "end", "time", "memory"] as const;

/** One of {@link TROUBLES}. */
export type Trouble = (typeof TROUBLES)[number];

/** Everything that is known; each round changes it, each scrape reads it. */
export class LagModel {
  readonly topics = new Map<string, Topic>();
  readonly groups = new Map<string, Group>();

  /** Forgets everything. */
  clear(): void {
    this.topics.clear();
    this.groups.clear();
  }

  /** Takes over the topics and leaders of new metadata. Drops what is known of a recreated topic. */
  see({ topics }: Pick<ClusterView, "topics">): void {
    for (const name of this.topics.keys()) if (!topics.has(name)) this.topics.delete(name);
    for (const [name, { id, partitions }] of topics) {
      const count = (partitions.at(-1)?.index ?? -1) + 1;
      const leaders = new Int32Array(count).fill(-1);
      for (const { index, leader } of partitions) leaders[index] = leader;
      const before = this.topics.get(name);
      const times = before?.id === id ? before.times : [];
      times.length = count;
      this.topics.set(name, { name, id, leaders, ends: new Float64Array(count).fill(NaN), times });
    }
  }
}

/**
 * Records between a group and the end of the log; NaN without a position, or when one of them is unknown. A position beyond the end belongs to
 * another log.
 */
export function lagOf({ offsets, left, ends }: Positions, partition: number): number {
  const offset = offsets[partition] ?? NaN;
  const lag = (ends[partition] ?? NaN) - offset;
  if (!(offset >= 0) || !(lag >= 0)) return NaN;
  const counted = left?.[partition] ?? -1;
  return counted >= 0 ? counted : lag;
}

/** The age in ms of the group's first unfinished record: 0 without lag, NaN when unknown. */
export function delayOf(positions: Positions, topic: Topic, partition: number, now: number): number {
  const lag = lagOf(positions, partition);
  if (!(lag > 0)) return lag;
  const time = topic.times[partition]?.timeOf(positions.offsets[partition] ?? 0, now);
  return time === undefined ? NaN : Math.max(0, now - time);
}
