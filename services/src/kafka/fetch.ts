import {
  fetchV17,
  listOffsetsV8,
  ListOffsetTimestamps,
  protocolErrorsCodesById,
  type RecordsBatch,
} from "@platformatic/kafka";
import type { KafkaClient, TopicView } from "./client.js";

/** The parts of a record that kchat uses. */
export interface Entry {
  readonly partition: number;
  readonly offset: number;
  /** The record's timestamp, in milliseconds since 1970. */
  readonly timestamp: number;
  readonly value: Buffer;
}

/** A partition's part of a fetch answer. */
export interface PartitionFetch {
  readonly partition: number;
  /** Kafka's error name, or undefined. */
  readonly error: string | undefined;
  readonly entries: readonly Entry[];
  /** The offset to fetch next; unchanged when nothing was read. */
  readonly next: number;
  /** The first offset that is not yet replicated, and so not yet readable. */
  readonly highWatermark: number;
}

/** Limits of one fetch. */
export interface FetchLimits {
  /** Milliseconds that the broker may wait for the first byte. */
  readonly maxWaitMs: number;
  /** Bytes of the whole answer, and of each partition; a single larger record is still returned. */
  readonly maxBytes: number;
}

const CONTROL_BATCH = 1 << 5;

/**
 * Reads partitions of one topic from `broker`, from the given offsets on, without a consumer group or fetch session.
 *
 * @throws when the request as a whole failed; the result contains the errors of single partitions.
 */
export async function fetchPartitions(
  client: KafkaClient,
  broker: number,
  topic: TopicView,
  offsets: ReadonlyMap<number, number>,
  limits: FetchLimits,
): Promise<PartitionFetch[]> {
  const partitions = [...offsets].map(([partition, offset]) => ({
    partition,
    currentLeaderEpoch: -1,
    fetchOffset: BigInt(offset),
    lastFetchedEpoch: -1,
    partitionMaxBytes: limits.maxBytes,
  }));
  const request = [{ topicId: topic.id, partitions }];
  const response = await client
    .poll(broker, fetchV17.api, limits.maxWaitMs, 1, limits.maxBytes, 0, 0, -1, request, [], "")
    .catch((error: unknown) => {
      // One partition's error fails the parse of the whole answer, although the rest of it is good.
      const partial = (error as { response?: fetchV17.FetchResponse }).response;
      if (partial === undefined || partial.errorCode !== 0) throw error;
      return partial;
    });
  return response.responses.flatMap((answer) =>
    answer.partitions.map((partition) => toPartitionFetch(partition, offsets.get(partition.partitionIndex) ?? 0)),
  );
}

/** An end of a partition's log. */
export type LogEnd = "earliest" | "latest";

/**
 * The first readable offset, or the one after the last, of the given partitions.
 *
 * @throws when a partition has no leader, or its leader does not answer.
 */
export async function listOffsets(
  client: KafkaClient,
  topic: TopicView,
  partitions: readonly number[],
  end: LogEnd,
): Promise<Map<number, number>> {
  const timestamp = end === "earliest" ? ListOffsetTimestamps.EARLIEST : ListOffsetTimestamps.LATEST;
  const byLeader = Map.groupBy(partitions, (partition) => topic.partitions[partition]?.leader ?? -1);
  const answers = await Promise.all(
    [...byLeader].map(([leader, indexes]) => {
      const asked = indexes.map((partitionIndex) => ({ partitionIndex, currentLeaderEpoch: -1, timestamp }));
      return client.request(leader, listOffsetsV8.api, -1, 0, [{ name: topic.name, partitions: asked }]);
    }),
  );
  return new Map(
    answers.flatMap((answer) =>
      answer.topics.flatMap((entry) =>
        entry.partitions.map((partition) => [partition.partitionIndex, Number(partition.offset)] as const),
      ),
    ),
  );
}

function toPartitionFetch(answer: fetchV17.FetchResponsePartition, asked: number): PartitionFetch {
  const entries: Entry[] = [];
  let next = asked;
  for (const batch of answer.records ?? []) {
    next = Math.max(next, Number(batch.firstOffset) + batch.lastOffsetDelta + 1);
    if ((batch.attributes & CONTROL_BATCH) === 0) readBatch(batch, answer.partitionIndex, asked, entries);
  }
  return {
    partition: answer.partitionIndex,
    error: answer.errorCode === 0 ? undefined : (errorNames[answer.errorCode] ?? `error ${answer.errorCode}`),
    entries,
    next,
    highWatermark: Number(answer.highWatermark),
  };
}

const errorNames: Record<number, string | undefined> = protocolErrorsCodesById;

/** Kafka stores and sends whole batches, so a batch may begin before the requested offset. */
function readBatch(batch: RecordsBatch, partition: number, asked: number, into: Entry[]): void {
  for (const record of batch.records) {
    const offset = Number(batch.firstOffset) + record.offsetDelta;
    if (offset < asked || record.value === null) continue;
    into.push({
      partition,
      offset,
      timestamp: Number(batch.firstTimestamp + record.timestampDelta),
      value: record.value,
    });
  }
}
