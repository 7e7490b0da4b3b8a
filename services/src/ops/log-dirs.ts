import { describeLogDirsV4 } from "@platformatic/kafka";
import type { Cluster } from "./cluster.js";

/** Bytes of each partition on one broker, by {@link partitionKey}. */
export type SizesOnBroker = ReadonlyMap<string, number>;

/** Names a partition in maps. */
export function partitionKey(topic: string, partition: number): string {
  return `${topic}-${partition}`;
}

/** What a broker has in its log directories. */
export interface LogDirs {
  readonly sizes: SizesOnBroker;
  /** Directories that the broker cannot use any more. What they hold is not among the sizes; the others serve. */
  readonly failed: readonly string[];
}

/** {@link readLogDirs} without the directories. */
export async function readSizes(
  cluster: Cluster,
  brokers: readonly number[],
  topics: ReadonlyMap<string, readonly number[]> | null = null,
): Promise<Map<number, SizesOnBroker>> {
  const answers = await readLogDirs(cluster, brokers, topics);
  return new Map([...answers].map(([broker, { sizes }]) => [broker, sizes]));
}

/** The log directories of each of `brokers`, with all partitions or only those of `topics`. A broker that does not answer is missing. */
export async function readLogDirs(
  cluster: Cluster,
  brokers: readonly number[],
  topics: ReadonlyMap<string, readonly number[]> | null = null,
): Promise<Map<number, LogDirs>> {
  const asked =
    topics === null ? null : [...topics].map(([name, partitions]) => ({ name, partitions: [...partitions] }));
  const answers = await Promise.all(
    brokers.map(async (broker): Promise<[number, LogDirs][]> => {
      const sizes = new Map<string, number>();
      // The error of one directory must not hide the others.
      const response = await cluster.askDespite(broker, [FAILED], describeLogDirsV4.api, asked);
      if (response === undefined) return [];
      for (const directory of response.results) {
        for (const { name, partitions } of directory.topics) {
          for (const { partitionIndex, partitionSize, isFutureKey } of partitions) {
            if (!isFutureKey) sizes.set(partitionKey(name, partitionIndex), Number(partitionSize));
          }
        }
      }
      const failed = response.results.filter(({ errorCode }) => errorCode !== 0).map(({ logDir }) => logDir);
      return [[broker, { sizes, failed }]];
    }),
  );
  return new Map(answers.flat());
}

/** What Kafka says of a directory whose disk failed. */
const FAILED = "KAFKA_STORAGE_ERROR";
