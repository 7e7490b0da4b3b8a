import { describeLogDirsV4 } from "@platformatic/kafka";
import type { Cluster } from "./cluster.js";
import { someAtOnce } from "./some-at-once.js";

/** Bytes of each partition on one broker, by {@link partitionKey}. */
export type SizesOnBroker = ReadonlyMap<string, number>;

/** Names a partition in maps. */
export function partitionKey(topic: string, partition: number): string {
  return `${topic}-${partition}`;
}

/** A log directory that works, and the file system that it is on. */
export interface LogDir {
  readonly path: string;
  /** Bytes of the file system, and those of them that the broker could still write. Absent where the broker cannot tell. */
  readonly disk: { readonly totalBytes: number; readonly usableBytes: number } | undefined;
  readonly sizes: SizesOnBroker;
}

/** What a broker has in its log directories. */
export interface LogDirs {
  readonly sizes: SizesOnBroker;
  readonly directories: readonly LogDir[];
  /** Directories that the broker cannot use any more. What they hold is not among the sizes; the others serve. */
  readonly failed: readonly string[];
}

/** Partitions by topic. */
export type PartitionsOf = ReadonlyMap<string, readonly number[]>;

/** Sizes of some partitions on some brokers: each is asked only for its own. A broker that does not answer is missing. */
export async function readSizes(
  cluster: Cluster,
  wanted: ReadonlyMap<number, PartitionsOf>,
): Promise<Map<number, SizesOnBroker>> {
  const answers = await ask(cluster, [...wanted.keys()], (broker) =>
    [...(wanted.get(broker) ?? [])].map(([name, partitions]) => ({ name, partitions: [...partitions] })),
  );
  return new Map([...answers].map(([broker, { sizes }]) => [broker, sizes]));
}

/** The log directories of each of `brokers`, with all that is in them. A broker that does not answer is missing. */
export const readLogDirs = (cluster: Cluster, brokers: readonly number[]): Promise<Map<number, LogDirs>> =>
  ask(cluster, brokers, () => null);

type Asked = Parameters<typeof describeLogDirsV4.createRequest>[0];

async function ask(
  cluster: Cluster,
  brokers: readonly number[],
  topicsOf: (broker: number) => Asked | null,
): Promise<Map<number, LogDirs>> {
  const answers = await someAtOnce(brokers, async (broker): Promise<[number, LogDirs][]> => {
    // The error of one directory must not hide the others.
    const response = await cluster.askDespite(broker, [FAILED], describeLogDirsV4.api, topicsOf(broker));
    return response === undefined ? [] : [[broker, logDirsIn(response.results)]];
  });
  return new Map(answers.flat());
}

type Result = describeLogDirsV4.DescribeLogDirsResponse["results"][number];

function logDirsIn(results: readonly Result[]): LogDirs {
  const directories = results.filter(({ errorCode }) => errorCode === 0).map(logDirIn);
  const [only] = directories;
  return {
    sizes: directories.length === 1 && only ? only.sizes : new Map(directories.flatMap(({ sizes }) => [...sizes])),
    directories,
    failed: results.filter(({ errorCode }) => errorCode !== 0).map(({ logDir }) => logDir),
  };
}

function logDirIn({ logDir, topics, totalBytes, usableBytes }: Result): LogDir {
  const sizes = new Map<string, number>();
  for (const { name, partitions } of topics) {
    for (const { partitionIndex, partitionSize, isFutureKey } of partitions) {
      if (!isFutureKey) sizes.set(partitionKey(name, partitionIndex), Number(partitionSize));
    }
  }
  const disk = { totalBytes: Number(totalBytes), usableBytes: Number(usableBytes) };
  // Kafka answers -1 where the operating system does not say.
  return { path: logDir, disk: disk.totalBytes > 0 && disk.usableBytes >= 0 ? disk : undefined, sizes };
}

/** What Kafka says of a directory whose disk failed. */
const FAILED = "KAFKA_STORAGE_ERROR";
