import { createAPI, Writer } from "@platformatic/kafka";
import { Answer, unread } from "./answer.js";

/** Who is told what groups have committed. An error is a code of Kafka's. */
export interface CommittedListener {
  /** The next partitions are of this group. */
  group(name: string): void;
  /** The next partitions are of this topic. */
  topic(name: string): void;
  /** `offset` is -1 when nothing is committed. */
  partition(index: number, offset: number, error: number): void;
  /** The last group's own result, 0 when there is no error. */
  end(error: number): void;
}

function createRequest(groups: readonly string[]): Writer {
  return Writer.create()
    .appendArray(
      [...groups],
      (writer, group) => {
        // No member, and all topics.
        writer.appendString(group).appendString(null).appendInt32(-1).appendUnsignedVarInt(0).appendTaggedFields();
      },
      true,
      false,
    )
    .appendBoolean(false)
    .appendTaggedFields();
}

/** OffsetFetch, version 9, of all topics of several groups; the library makes an object of each partition. See {@link readCommitted}. */
export const committedOffsetsV9 = createAPI<[groups: readonly string[]], Buffer>(9, 9, createRequest, unread);

/** Reads an answer to {@link committedOffsetsV9}. */
export function readCommitted(bytes: Buffer, listener: CommittedListener): void {
  const answer = new Answer(bytes);
  answer.skip(4);
  for (let groups = answer.count(); groups > 0; groups -= 1) {
    listener.group(answer.string());
    for (let topics = answer.count(); topics > 0; topics -= 1) {
      listener.topic(answer.string());
      for (let partitions = answer.count(); partitions > 0; partitions -= 1) {
        const index = answer.int32();
        const offset = answer.int64();
        answer.skip(4);
        answer.skipString();
        listener.partition(index, offset, answer.int16());
        answer.tags();
      }
      answer.tags();
    }
    listener.end(answer.int16());
    answer.tags();
  }
}
