/**
 * The most partitions that an id names. It keeps an id below a kilobyte however many partitions a topic has, while it is more than enough for topics of
 * ordinary size, whose ids name every partition.
 */
export const MAX_NAMED = 32;

/**
 * How far a reader of a room has come: for each partition of the room's topic, the offset of the next record. A partition that is
 * absent was not read at all. Written `tag.partition-offset.partition-offset…` in ascending order, for example `9fk2.0-17.7-1042`, it is
 * the id of an event, and means the same on every replica.
 *
 * An id names the room's own partition and, of the others that have records, the first ones, {@link MAX_NAMED} in all. A partition with records never
 * becomes one without, so what an id does not name though it could have was empty when the id was made.
 */
export class Positions {
  readonly #next: Map<number, number>;
  #own: number;
  /** The partitions that an id names, while they are known. */
  #named: readonly number[] | undefined;

  /**
   * @param tag - names the topic's incarnation, so that a position in a deleted topic is not taken for one in its successor.
   * @param own - the partition that the room's messages go to; -1 when it does not matter.
   */
  constructor(
    readonly tag: string,
    next: Iterable<readonly [number, number]> = [],
    own = -1,
  ) {
    this.#next = new Map([...next].filter(([, offset]) => offset > 0));
    this.#own = own;
  }

  /** Reads what {@link toString} wrote, and the longer ids of earlier versions; undefined for anything else. */
  static parse(text: string): Positions | undefined {
    if (!/^[A-Za-z0-9]{1,16}(\.\d{1,9}-\d{1,15})*$/.test(text)) return undefined;
    const [tag = "", ...parts] = text.split(".");
    return new Positions(
      tag,
      parts.map((part) => part.split("-").map(Number) as [number, number]),
    );
  }

  /** The partition that the room's messages go to. It changes when the topic gets more partitions. */
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

  /** Every partition of which something was read. */
  get partitions(): Iterable<number> {
    return this.#next.keys();
  }

  /** The offset of the next record of `partition`. */
  next(partition: number): number {
    return this.#next.get(partition) ?? 0;
  }

  /** Notes that the record at `offset` of `partition`, and all before it, were read. */
  advance(partition: number, offset: number): void {
    const next = this.#next.get(partition);
    if (next !== undefined && offset < next) return;
    if (next === undefined) this.#named = undefined;
    this.#next.set(partition, offset + 1);
  }

  /** A copy that advances on its own. */
  copy(): Positions {
    return new Positions(this.tag, this.#next, this.#own);
  }

  toString(): string {
    return this.tag + this.named.map((partition) => `.${partition}-${this.next(partition)}`).join("");
  }
}

/** A topic id as the short tag of {@link Positions}. */
export function topicTag(topicId: string): string {
  return topicId.replace(/[^A-Za-z0-9]/g, "").slice(0, 6);
}
