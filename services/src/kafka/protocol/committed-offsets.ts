import { createAPI, Writer } from "@platformatic/kafka";
import { Answer, unread } from "./answer.js";

/** Receives the committed offsets of groups. An error is Kafka's code. */
export interface CommittedListener {
  /** The following partitions belong to this group. */
  group(name: string): void;
  /** The following partitions belong to this topic. */
  topic(name: string): void;
  /** `offset` is -1 when the group has committed nothing. */
  partition(index: number, offset: number, error: number): void;
  /** The last group's own result, 0 for no error. */
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

/** OffsetFetch, version 9, for all topics of several groups; the library creates an object for each partition. See {@link readCommitted}. */
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
