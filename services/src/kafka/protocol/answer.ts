import type { Reader } from "@platformatic/kafka";

/** Reads numbers and strings from an answer's bytes without creating objects. */
export class Answer {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  /** Skips bytes. */
  skip(count: number): void {
    this.#at += count;
  }

  int16(): number {
    this.#at += 2;
    return this.bytes.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.bytes.readInt32BE(this.#at - 4);
  }

  /** As a number: offsets and times in milliseconds stay below 2^53. */
  int64(): number {
    this.#at += 8;
    return this.bytes.readInt32BE(this.#at - 8) * 0x1_0000_0000 + this.bytes.readUInt32BE(this.#at - 4);
  }

  /** Length of a compact array; 0 for null. */
  count(): number {
    return Math.max(0, this.#varint() - 1);
  }

  /** A compact string; empty for null. */
  string(): string {
    const length = this.count();
    this.#at += length;
    return length === 0 ? "" : this.bytes.toString("utf8", this.#at - length, this.#at);
  }

  /** Skips a compact string. */
  skipString(): void {
    const length = this.count();
    this.#at += length;
  }

  /** Skips tagged fields. */
  tags(): void {
    for (let left = this.#varint(); left > 0; left -= 1) {
      this.#varint();
      const length = this.#varint();
      this.#at += length;
    }
  }

  #varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes.readUInt8(this.#at);
      this.#at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }
}

/** Returns an answer unparsed: it contains more than should become objects. */
export function unread(_correlationId: number, _apiKey: number, _apiVersion: number, reader: Reader): Buffer {
  return reader.buffer.slice(reader.position);
}
