import { MAX_NAMED, Positions } from "./position.js";

/** Records that a reader lacks: those of `partition` from `from` to before `until`. */
export interface Gap {
  readonly partition: number;
  readonly from: number;
  readonly until: number;
}

/**
 * What a resuming reader has seen, by its id. It covers at most {@link MAX_NAMED} partitions, whatever the id names: those in the room's own ids, and
 * some that only another replica has read from yet. Of other partitions the reader gets only new records.
 */
export class Resume {
  /** The partitions that the id covers. */
  readonly #covered: Set<number>;
  readonly #positions: Positions;

  /**
   * @param id - the reader's id
   * @param head - this replica's position, in the same topic as `id`
   * @param own - the partition of the room's messages
   * @param partitions - the topic's number of partitions
   */
  constructor(id: Positions, head: Positions, own: number, partitions: number) {
    const named = new Set(head.named);
    const elsewhere = [...id.partitions].filter(
      (partition) => partition < partitions && head.next(partition) === 0 && !named.has(partition),
    );
    // The room's own partition comes first, so that a made-up id cannot displace it.
    const wanted = [...(named.has(own) || elsewhere.includes(own) ? [own] : []), ...named, ...elsewhere];
    this.#covered = new Set([...new Set(wanted)].slice(0, MAX_NAMED));
    const seen = [...this.#covered].map((partition) => [partition, id.next(partition)] as const);
    this.#positions = new Positions(head.tag, seen, own);
  }

  /** The id of the last event that the reader has seen. */
  get id(): string {
    return this.#positions.toString();
  }

  /** Whether the id says what the reader has seen of `partition`. */
  covers(partition: number): boolean {
    return this.#covered.has(partition);
  }

  /** Whether the reader has seen the record at `offset` of a covered partition. */
  hasSeen(partition: number, offset: number): boolean {
    return offset < this.#positions.next(partition);
  }

  /** Records that the reader was sent everything up to `offset`. */
  advance(partition: number, offset: number): void {
    // A made-up id may keep a reader from ever becoming like the others; this bounds its cost.
    if (!this.#covered.has(partition) && this.#covered.size >= MAX_NAMED) return;
    this.#covered.add(partition);
    this.#positions.advance(partition, offset);
  }

  /** The first gap of the reader before `until`; undefined when there is none. */
  gap(until: Positions): Gap | undefined {
    for (const partition of this.#covered) {
      const [from, end] = [this.#positions.next(partition), until.next(partition)];
      if (from < end) return { partition, from, until: end };
    }
    return undefined;
  }
}
