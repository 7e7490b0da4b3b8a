import { MAX_NAMED, Positions } from "./position.js";

/** Records that a reader lacks: those of `partition` from `from` on and before `until`. */
export interface Gap {
  readonly partition: number;
  readonly from: number;
  readonly until: number;
}

/**
 * What a reader that came back has seen, as its id says. Of at most {@link MAX_NAMED} partitions, whatever the id names: those that the room's own ids name,
 * and such as only another replica has read from yet. Of other partitions the reader gets what is new from now on.
 */
export class Resume {
  /** The partitions that the id speaks of. */
  readonly #covered: Set<number>;
  readonly #positions: Positions;

  /**
   * @param id - what the reader sent
   * @param head - how far this replica has read; of the same topic as `id`
   * @param own - the partition that the room's messages go to
   * @param partitions - how many the topic has
   */
  constructor(id: Positions, head: Positions, own: number, partitions: number) {
    const named = new Set(head.named);
    const elsewhere = [...id.partitions].filter(
      (partition) => partition < partitions && head.next(partition) === 0 && !named.has(partition),
    );
    // The room's own partition comes first, so that nothing that an id makes up can take its place.
    const wanted = [...(named.has(own) || elsewhere.includes(own) ? [own] : []), ...named, ...elsewhere];
    this.#covered = new Set([...new Set(wanted)].slice(0, MAX_NAMED));
    const seen = [...this.#covered].map((partition) => [partition, id.next(partition)] as const);
    this.#positions = new Positions(head.tag, seen, own);
  }

  /** The id of the last event that the reader has seen. */
  get id(): string {
    return this.#positions.toString();
  }

  /** Whether the id says of `partition` what the reader has seen. */
  covers(partition: number): boolean {
    return this.#covered.has(partition);
  }

  /** Whether the reader has seen the record at `offset` of a partition that is covered. */
  hasSeen(partition: number, offset: number): boolean {
    return offset < this.#positions.next(partition);
  }

  /** Notes that the reader was sent the record at `offset`, and all before it. */
  advance(partition: number, offset: number): void {
    // A made-up id may keep a reader from ever being like the others; what it costs stays bounded.
    if (!this.#covered.has(partition) && this.#covered.size >= MAX_NAMED) return;
    this.#covered.add(partition);
    this.#positions.advance(partition, offset);
  }

  /** The first of the records that the reader lacks before `until`; undefined when it lacks none. */
  gap(until: Positions): Gap | undefined {
    for (const partition of this.#covered) {
      const [from, end] = [this.#positions.next(partition), until.next(partition)];
      if (from < end) return { partition, from, until: end };
    }
    return undefined;
  }
}
