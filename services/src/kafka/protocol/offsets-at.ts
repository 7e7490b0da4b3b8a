import { createAPI, Writer } from "@platformatic/kafka";
import { Answer, unread } from "./answer.js";

/** A question about partitions of one topic: for each the first record that is not older than a time in ms, or the end of the log for -1. */
export interface OffsetsAtTopic {
  readonly name: string;
  readonly partitions: readonly number[];
  readonly times: readonly number[];
}

/** Receives each partition of an answer: the record's offset and time, -1 when there is none; `error` is Kafka's code. */
export type OffsetsAtListener = (topic: string, partition: number, error: number, time: number, offset: number) => void;

/** Partition, leader epoch, time, no tagged fields. */
const PARTITION_BYTES = 17;

function createRequest(topics: readonly OffsetsAtTopic[]): Writer {
  // Not as a replica, and at isolation level read_uncommitted: what every consumer may read, open transactions included.
  const writer = Writer.create()
    .appendInt32(-1)
    .appendInt8(0)
    .appendUnsignedVarInt(topics.length + 1);
  for (const { name, partitions, times } of topics) {
    writer.appendString(name).appendUnsignedVarInt(partitions.length + 1);
    const bytes = Buffer.alloc(partitions.length * PARTITION_BYTES);
    for (const [index, partition] of partitions.entries()) {
      const at = bytes.writeInt32BE(-1, bytes.writeInt32BE(partition, index * PARTITION_BYTES));
      bytes.writeBigInt64BE(BigInt(times[index] ?? -1), at);
    }
    writer.append(bytes).appendTaggedFields();
  }
  return writer.appendTaggedFields();
}

/** ListOffsets, version 8; the library creates an object for each partition. See {@link readOffsetsAt}. */
export const offsetsAtV8 = createAPI<[topics: readonly OffsetsAtTopic[]], Buffer>(2, 8, createRequest, unread);

/** Reads an answer to {@link offsetsAtV8}. */
export function readOffsetsAt(bytes: Buffer, listener: OffsetsAtListener): void {
  const answer = new Answer(bytes);
  answer.skip(4);
  for (let topics = answer.count(); topics > 0; topics -= 1) {
    const topic = answer.string();
    for (let partitions = answer.count(); partitions > 0; partitions -= 1) {
      const partition = answer.int32();
      const error = answer.int16();
      const time = answer.int64();
      const offset = answer.int64();
      answer.skip(4);
      listener(topic, partition, error, time, offset);
      answer.tags();
    }
    answer.tags();
  }
}
