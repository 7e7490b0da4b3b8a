import type { ClusterView } from "../kafka/client.js";
import { LogTimes } from "./log-times.js";

/** A topic, with what is known of its partitions by their index. */
export interface Topic {
  readonly name: string;
  readonly id: string;
  /** Leaders; -1 while there is none. */
  readonly leaders: Int32Array;
  /** Offsets after the last record that consumers may read; NaN while unknown. */
  ends: Float64Array;
  /** Times in the logs, of partitions that somebody is behind in. */
  readonly times: (LogTimes | undefined)[];
}

/** Where a group is in a topic, by partition. */
export interface Positions {
  /** The first offset that the group is not done with; -1 when it has none, NaN when it could not be asked. */
  readonly offsets: Float64Array;
  /** Records that are left, where the broker counts them itself, as it does for share groups; -1 when it does not know. */
  readonly left?: Float64Array | undefined;
  /** The log's ends, asked for after the positions. */
  readonly ends: Float64Array;
}

/** A group of consumers. */
export interface Group {
  readonly name: string;
  /** `classic`, `consumer`, `share` or `streams`. */
  readonly type: string;
  /** As Kafka calls it: `Stable`, `Empty` … */
  state: string;
  topics: ReadonlyMap<string, Positions>;
}

/** What could not be found out. */
export const TROUBLES = ["cluster", "coordinator", "group", "position", "end", "time", "memory"] as const;

/** One of {@link TROUBLES}. */
export type Trouble = (typeof TROUBLES)[number];

/** All that is known; changed by each round, read by each scrape. */
export class LagModel {
  readonly topics = new Map<string, Topic>();
  readonly groups = new Map<string, Group>();

  /** Nothing is known any more. */
  clear(): void {
    this.topics.clear();
    this.groups.clear();
  }

  /** Takes over which topics there are and who leads their partitions. What is known of a topic that was made anew is dropped. */
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

/** Records between a group and the end of the log; NaN when it has no position or that is not known. A position beyond the end is none of this log. */
export function lagOf({ offsets, left, ends }: Positions, partition: number): number {
  const offset = offsets[partition] ?? NaN;
  const lag = (ends[partition] ?? NaN) - offset;
  if (!(offset >= 0) || !(lag >= 0)) return NaN;
  const counted = left?.[partition] ?? -1;
  return counted >= 0 ? counted : lag;
}

/** How long ago in ms the first record was written that a group is not done with: 0 without lag, NaN when that is not known. */
export function delayOf(positions: Positions, topic: Topic, partition: number, now: number): number {
  const lag = lagOf(positions, partition);
  if (!(lag > 0)) return lag;
  const time = topic.times[partition]?.timeOf(positions.offsets[partition] ?? 0, now);
  return time === undefined ? NaN : Math.max(0, now - time);
}
