import { type Reader, Writer } from "@platformatic/kafka";
import { FakeKafka, type FakeLog } from "./fake-kafka.js";

const OFFSET_FETCH = 9;
const PARTITION_BYTES = 20;

/** The size of a cluster. */
export interface Size {
  readonly groups: number;
  readonly topics: number;
  /** Of each topic. */
  readonly partitions: number;
}

/** Records of each partition, a second apart. */
export const RECORDS = 100_000;

/** A group's lag in a partition: one group in ten lags, in ten different ways. */
export const lagOfGroup = (group: number, partition: number): number =>
  group % 10 === 0 ? 1 + (group % 100) * 3 + (partition % 10) : 0;

/**
 * A broker of a cluster in which every group consumes every partition. Its answers are cheap, so that a test with a million of them measures the
 * exporter.
 */
export async function manyGroups({ groups, topics, partitions }: Size): Promise<FakeKafka> {
  const kafka = await FakeKafka.start();
  const start = Date.now() - RECORDS * 1_000;
  const log: FakeLog = {
    end: RECORDS,
    at: (time) => {
      const offset = Math.max(0, Math.ceil((time - start) / 1_000));
      return offset < RECORDS ? { offset, time: start + offset * 1_000 } : undefined;
    },
  };
  const names = Array.from({ length: topics }, (_, index) => `topic-${index}`);
  kafka.state.topics = Object.fromEntries(names.map((name) => [name, Array.from({ length: partitions }, () => log)]));
  kafka.state.groups = Object.fromEntries(
    Array.from({ length: groups }, (_, index) => [`group-${index}`, { offsets: {} }]),
  );
  kafka.special.set(OFFSET_FETCH, (request) => committed(groupsOf(request), names, partitions));
  return kafka;
}

function groupsOf(request: Reader): string[] {
  return request.readArray((r) => {
    const name = r.readString();
    r.readNullableString();
    r.readInt32();
    r.readUnsignedVarInt();
    return name;
  });
}

function committed(groups: readonly string[], topics: readonly string[], partitions: number): Buffer {
  const writer = Writer.create()
    .appendInt32(0)
    .appendUnsignedVarInt(groups.length + 1);
  for (const name of groups) {
    const group = Number(name.replace("group-", ""));
    // Partition, offset, epoch, no metadata, no error, no tagged fields.
    const bytes = Buffer.alloc(partitions * PARTITION_BYTES);
    for (let partition = 0; partition < partitions; partition += 1) {
      const at = partition * PARTITION_BYTES;
      bytes.writeInt32BE(partition, at);
      bytes.writeInt32BE(RECORDS - lagOfGroup(group, partition), at + 8);
      bytes.writeInt8(1, at + 16);
    }
    writer.appendString(name).appendUnsignedVarInt(topics.length + 1);
    for (const topic of topics) {
      writer
        .appendString(topic)
        .appendUnsignedVarInt(partitions + 1)
        .append(bytes)
        .appendTaggedFields();
    }
    writer.appendInt16(0).appendTaggedFields();
  }
  return writer.appendTaggedFields().buffer;
}
