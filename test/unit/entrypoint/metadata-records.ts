const int32 = (value: number): number[] => [0, 0, 0, value];
const id = (topic: number): number[] => [...Array<number>(15).fill(0), topic];
const list = (ids: readonly number[]): number[] => [ids.length + 1, ...ids.flatMap(int32)];

/** Metadata records, as on disk: the frame's version, the kind, the record's version, and its fields. This one creates a topic. */
export const topic = (name: string, of: number) => [1, 2, 0, name.length + 1, ...Buffer.from(name), ...id(of), 0];
/** Creates a partition. */
export const partition = (index: number, of: number, replicas: readonly number[]) => {
  const [none, leader] = [list([]), int32(0)];
  return [1, 3, 2, ...int32(index), ...id(of), ...list(replicas), ...list(replicas), ...none, ...none, ...leader, 0];
};
/** Changes the ISR (tag 0) and the replicas (tag 2) of a partition. */
export const change = (index: number, of: number, replicas: readonly number[]) => {
  const field = list(replicas);
  return [1, 5, 2, ...int32(index), ...id(of), 2, 0, field.length, ...field, 2, field.length, ...field];
};
/** Removes a topic. */
export const remove = (of: number) => [1, 9, 0, ...id(of), 0];

/** A batch of metadata records, as on disk. */
export function batch(...values: readonly (readonly number[])[]): Buffer {
  const records = values.map((value, offset) => {
    // Attributes, time, offset, no key, the value, no headers.
    const record = [0, 0, offset * 2, 1, ...varint(value.length), ...value, 0];
    return Buffer.from([...varint(record.length), ...record]);
  });
  const body = Buffer.concat(records);
  const head = Buffer.alloc(61);
  head.writeInt32BE(61 + body.length - 12, 8);
  head.writeInt8(2, 16);
  head.writeInt32BE(values.length - 1, 23);
  head.writeInt32BE(values.length, 57);
  const whole = Buffer.concat([head, body]);
  whole.writeUInt32BE(crc32c(whole.subarray(21)), 17);
  return whole;
}

/** A small number in zigzag form, seven bits a byte. */
const varint = (value: number): number[] =>
  value < 64 ? [value * 2] : [((value * 2) & 0x7f) | 0x80, (value * 2) >> 7];

/** The checksum of Kafka's batches: CRC-32C. */
function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
