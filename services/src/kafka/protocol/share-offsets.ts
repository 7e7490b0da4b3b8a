import { createAPI } from "@platformatic/kafka";
import { unread } from "./answer.js";
import { type GroupListener, groupsRequest, readGroups } from "./group-offsets.js";

/** Receives the positions of share groups. */
export interface ShareListener extends GroupListener {
  /** `start` is the first unfinished record, `lag` the number of undelivered ones; -1 when unknown. */
  partition(index: number, start: number, lag: number, error: number): void;
}

const createRequest = (groups: readonly string[]) =>
  groupsRequest(groups, (writer) => writer.appendUnsignedVarInt(0)).appendTaggedFields();

/** DescribeShareGroupOffsets, version 1 (KIP-932, KIP-1226; Kafka 4.2 and later); the library has none. See {@link readShareOffsets}. */
export const shareOffsetsV1 = createAPI<[groups: readonly string[]], Buffer>(90, 1, createRequest, unread);

/** Reads an answer to {@link shareOffsetsV1}. */
export function readShareOffsets(bytes: Buffer, listener: ShareListener): void {
  readGroups(bytes, listener, {
    // The topic's id.
    afterTopic: 16,
    hasMessage: true,
    partition: (answer) => {
      const index = answer.int32();
      const start = answer.int64();
      answer.skip(4);
      const lag = answer.int64();
      listener.partition(index, start, lag, answer.int16());
      answer.skipString();
    },
  });
}
