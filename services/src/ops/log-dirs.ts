import { describeLogDirsV4 } from "@platformatic/kafka";
import type { Cluster } from "./cluster.js";

/** Bytes of each partition on one broker, by {@link partitionKey}. */
export type SizesOnBroker = ReadonlyMap<string, number>;

/** Names a partition in maps. */
export function partitionKey(topic: string, partition: number): string {
  return `${topic}-${partition}`;
}

/** Sizes of partitions on each of `brokers`, all or only those of `topics`. A broker that does not answer is missing. */
export async function readSizes(
  cluster: Cluster,
  brokers: readonly number[],
  topics: ReadonlyMap<string, readonly number[]> | null = null,
): Promise<Map<number, SizesOnBroker>> {
  const asked =
    topics === null ? null : [...topics].map(([name, partitions]) => ({ name, partitions: [...partitions] }));
  const answers = await Promise.all(
    brokers.map(async (broker): Promise<[number, SizesOnBroker][]> => {
      const sizes = new Map<string, number>();
      const response = await cluster.ask(broker, describeLogDirsV4.api, asked);
      if (response === undefined) return [];
      for (const directory of response.results) {
        for (const { name, partitions } of directory.topics) {
          for (const { partitionIndex, partitionSize, isFutureKey } of partitions) {
            if (!isFutureKey) sizes.set(partitionKey(name, partitionIndex), Number(partitionSize));
          }
        }
      }
      return [[broker, sizes]];
    }),
  );
  return new Map(answers.flat());
}
