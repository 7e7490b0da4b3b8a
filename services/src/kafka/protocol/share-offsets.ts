import { createAPI, Writer } from "@platformatic/kafka";
import { Answer, unread } from "./answer.js";

/** Receives the positions of share groups. An error is Kafka's code. */
export interface ShareListener {
  /** The following partitions belong to this group. */
  group(name: string): void;
  /** The following partitions belong to this topic. */
  topic(name: string): void;
  /** `start` is the first unfinished record, `lag` the number of undelivered ones; -1 when unknown. */
  partition(index: number, start: number, lag: number, error: number): void;
  /** The last group's own result, 0 for no error. */
  end(error: number): void;
}

function createRequest(groups: readonly string[]): Writer {
  return Writer.create()
    .appendArray(
      [...groups],
      (writer, group) => {
        writer.appendString(group).appendUnsignedVarInt(0).appendTaggedFields();
      },
      true,
      false,
    )
    .appendTaggedFields();
}

/** DescribeShareGroupOffsets, version 1 (KIP-932, KIP-1226; Kafka 4.2 and later); the library has none. See {@link readShareOffsets}. */
export const shareOffsetsV1 = createAPI<[groups: readonly string[]], Buffer>(90, 1, createRequest, unread);

/** Reads an answer to {@link shareOffsetsV1}. */
export function readShareOffsets(bytes: Buffer, listener: ShareListener): void {
  const answer = new Answer(bytes);
  answer.skip(4);
  for (let groups = answer.count(); groups > 0; groups -= 1) {
    listener.group(answer.string());
    for (let topics = answer.count(); topics > 0; topics -= 1) {
      listener.topic(answer.string());
      answer.skip(16);
      for (let partitions = answer.count(); partitions > 0; partitions -= 1) {
        const index = answer.int32();
        const start = answer.int64();
        answer.skip(4);
        const lag = answer.int64();
        listener.partition(index, start, lag, answer.int16());
        answer.skipString();
        answer.tags();
      }
      answer.tags();
    }
    listener.end(answer.int16());
    answer.skipString();
    answer.tags();
  }
}
