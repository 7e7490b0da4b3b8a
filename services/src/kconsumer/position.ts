/**
 * How far a reader of a room has come: for each partition of the room's topic, the offset of the next record. A partition that is
 * absent was not read at all. Written `tag.partition-offset.partition-offset…` in ascending order, for example `9fk2.0-17.7-1042`, it is
 * the id of an event, and means the same on every replica.
 */
export class Positions {
  readonly #next: Map<number, number>;

  /** @param tag - names the topic's incarnation, so that a position in a deleted topic is not taken for one in its successor. */
  constructor(
    readonly tag: string,
    next: Iterable<readonly [number, number]> = [],
  ) {
    this.#next = new Map([...next].filter(([, offset]) => offset > 0));
  }

  /** Reads what {@link toString} wrote; undefined for anything else. */
  static parse(text: string): Positions | undefined {
    if (!/^[A-Za-z0-9]{1,16}(\.\d{1,9}-\d{1,15})*$/.test(text)) return undefined;
    const [tag = "", ...parts] = text.split(".");
    return new Positions(
      tag,
      parts.map((part) => part.split("-").map(Number) as [number, number]),
    );
  }

  /** The offset of the next record of `partition`. */
  next(partition: number): number {
    return this.#next.get(partition) ?? 0;
  }

  /** Notes that the record at `offset` of `partition`, and all before it, were read. */
  advance(partition: number, offset: number): void {
    if (offset >= this.next(partition)) this.#next.set(partition, offset + 1);
  }

  /** True when some partition has been read further in `other`. */
  isBehind(other: Positions): boolean {
    for (const [partition, offset] of other.#next) if (this.next(partition) < offset) return true;
    return false;
  }

  /** Moves every partition to where it is in `other`, never back. */
  advanceTo(other: Positions): void {
    for (const [partition, offset] of other.#next) this.advance(partition, offset - 1);
  }

  /** A copy that advances on its own. */
  copy(): Positions {
    return new Positions(this.tag, this.#next);
  }

  toString(): string {
    const parts = [...this.#next].sort(([a], [b]) => a - b).map(([partition, offset]) => `.${partition}-${offset}`);
    return this.tag + parts.join("");
  }
}

/** A topic id as the short tag of {@link Positions}. */
export function topicTag(topicId: string): string {
  return topicId.replace(/[^A-Za-z0-9]/g, "").slice(0, 6);
}
