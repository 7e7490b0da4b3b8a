/** Bytes of a piece of output. */
const PIECE = 65_536;

/** Digits of the largest number, and its surroundings. */
const NUMBER = 40;

/** Writes lines of Prometheus' text format straight into bytes, because there may be millions and none should be an object. */
export class Lines {
  #bytes = Buffer.allocUnsafe(PIECE);
  #used = 0;

  /** Whether there is enough for a piece. */
  get full(): boolean {
    return this.#used > PIECE - 1_024;
  }

  /** Returns the bytes so far, and clears them. */
  take(): Buffer {
    const piece = this.#bytes.subarray(0, this.#used);
    this.#bytes = Buffer.allocUnsafe(PIECE);
    this.#used = 0;
    return piece;
  }

  /** Adds bytes as they are. */
  text(bytes: Buffer): void {
    this.#reserve(bytes.length);
    this.#used += bytes.copy(this.#bytes, this.#used);
  }

  /** Adds a line: the text before the partition's number, the number, and a value with this many decimals. */
  partition(before: Buffer, partition: number, value: number, decimals: 0 | 3): void {
    this.#reserve(before.length + 2 * NUMBER);
    this.#bytes.set(before, this.#used);
    this.#used += before.length;
    this.#integer(partition);
    this.#used += this.#bytes.write('"} ', this.#used, "latin1");
    if (decimals === 0) this.#integer(value);
    else this.#thousandths(Math.round(value * 1_000));
    this.#bytes[this.#used] = 10;
    this.#used += 1;
  }

  #thousandths(thousandths: number): void {
    this.#integer(Math.floor(thousandths / 1_000));
    const rest = thousandths % 1_000;
    if (rest === 0) return;
    this.#bytes[this.#used] = 46;
    for (const [index, unit] of [100, 10, 1].entries()) {
      this.#bytes[this.#used + 1 + index] = 48 + (Math.floor(rest / unit) % 10);
    }
    this.#used += 4;
  }

  #integer(value: number): void {
    let digits = 1;
    for (let bound = 10; value >= bound; bound *= 10) digits += 1;
    let rest = value;
    for (let at = this.#used + digits - 1; at >= this.#used; at -= 1) {
      const next = Math.floor(rest / 10);
      this.#bytes[at] = 48 + rest - next * 10;
      rest = next;
    }
    this.#used += digits;
  }

  #reserve(count: number): void {
    if (this.#used + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#used + count));
    this.#bytes.copy(larger, 0, 0, this.#used);
    this.#bytes = larger;
  }
}
