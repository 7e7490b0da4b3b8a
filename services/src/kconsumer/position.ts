/** The maximum number of partitions in an id. It keeps an id below a kilobyte for topics of any size. Ids of ordinary topics name every partition. */
export const MAX_NAMED = 32;

/**
 * A reader's position in a room: for each partition of the room's topic, the offset of the next record. An absent partition was not read at all. As
 * text, `tag.partition-offset.partition-offset…` in ascending order, for example `9fk2.0-17.7-1042`, it is the id of an event, and means the same on
 * every replica.
 *
 * An id names the room's own partition and the first others that have records, {@link MAX_NAMED} in all. A partition with records never becomes one
 * without, so a partition that an id with room left does not name was empty when the id was made.
 */
export class Positions {
  readonly #next: Map<number, number>;
  #own: number;
  /** Cache of the partitions that an id names. */
  #named: readonly number[] | undefined;

  /**
   * @param tag - identifies the topic's incarnation, so that a position in a deleted topic is not mistaken for one in its successor.
   * @param own - the partition of the room's messages; -1 when it does not matter.
   */
  constructor(
    readonly tag: string,
    next: Iterable<readonly [number, number]> = [],
    own = -1,
  ) {
    this.#next = new Map([...next].filter(([, offset]) => offset > 0));
    this.#own = own;
  }

  /** Parses the text of {@link toString}, and the longer ids of earlier versions; undefined for anything else. */
  static parse(text: string): Positions | undefined {
    if (!/^[A-Za-z0-9]{1,16}(\.\d{1,9}-\d{1,15})*$/.test(text)) return undefined;
    const [tag = "", ...parts] = text.split(".");
    return new Positions(
      tag,
      parts.map((part) => part.split("-").map(Number) as [number, number]),
    );
  }

  /** The partition of the room's messages. It changes when the topic gets more partitions. */
  set own(partition: number) {
    if (partition === this.#own) return;
    this.#own = partition;
    this.#named = undefined;
  }

  /** The partitions that an id names, in ascending order. */
  get named(): readonly number[] {
    if (this.#named !== undefined) return this.#named;
    const others = [...this.#next.keys()].filter((partition) => partition !== this.#own).sort((a, b) => a - b);
    const isOwnRead = this.#next.has(this.#own);
    const named = others.slice(0, isOwnRead ? MAX_NAMED - 1 : MAX_NAMED);
    if (isOwnRead) named.push(this.#own);
    this.#named = named.sort((a, b) => a - b);
    return this.#named;
  }

  /** Every partition with a position. */
  get partitions(): Iterable<number> {
    return this.#next.keys();
  }

  /** The offset of the next record of `partition`. */
  next(partition: number): number {
    return this.#next.get(partition) ?? 0;
  }

  /** Records that everything up to `offset` of `partition` was read. */
  advance(partition: number, offset: number): void {
    const next = this.#next.get(partition);
    if (next !== undefined && offset < next) return;
    if (next === undefined) this.#named = undefined;
    this.#next.set(partition, offset + 1);
  }

  /** An independent copy. */
  copy(): Positions {
    return new Positions(this.tag, this.#next, this.#own);
  }

  toString(): string {
    return this.tag + this.named.map((partition) => `.${partition}-${this.next(partition)}`).join("");
  }
}

/** The short tag of a topic id in {@link Positions}. */
export function topicTag(topicId: string): string {
  return topicId.replace(/[^A-Za-z0-9]/g, "").slice(0, 6);
}
