import { createAPI } from "@platformatic/kafka";
import { unread } from "./answer.js";
import { type GroupListener, groupsRequest, readGroups } from "./group-offsets.js";

/** Receives the committed offsets of groups. */
export interface CommittedListener extends GroupListener {
  /** `offset` is -1 when the group has committed nothing. */
  partition(index: number, offset: number, error: number): void;
}

const createRequest = (groups: readonly string[]) =>
  // No member, and all topics.
  groupsRequest(groups, (writer) => writer.appendString(null).appendInt32(-1).appendUnsignedVarInt(0))
    .appendBoolean(false)
    .appendTaggedFields();

/** OffsetFetch, version 9, for all topics of several groups; the library creates an object for each partition. See {@link readCommitted}. */
export const committedOffsetsV9 = createAPI<[groups: readonly string[]], Buffer>(9, 9, createRequest, unread);

/** Reads an answer to {@link committedOffsetsV9}. */
export function readCommitted(bytes: Buffer, listener: CommittedListener): void {
  readGroups(bytes, listener, {
    afterTopic: 0,
    hasMessage: false,
    partition: (answer) => {
      const index = answer.int32();
      const offset = answer.int64();
      answer.skip(4);
      answer.skipString();
      listener.partition(index, offset, answer.int16());
    },
  });
}
