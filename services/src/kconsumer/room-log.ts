import type { Entry } from "../kafka/fetch.js";
import { idLine, messageBody } from "./frames.js";
import { ownBuffer } from "./own-buffer.js";
import type { Positions } from "./position.js";

/** A message as it is sent to everyone. */
export interface LogEvent {
  readonly partition: number;
  readonly offset: number;
  /** The position after this event, as text. */
  readonly id: string;
  /** The whole event, created once and shared by all readers. */
  readonly frame: Buffer;
  /** Where the id line ends in `frame`. */
  readonly bodyAt: number;
}

/** How much of a room is kept in memory. */
export interface RoomLogLimits {
  readonly events: number;
  readonly bytes: number;
}

/**
 * A room's latest events in this replica's order. Readers keep a sequence number in it instead of own queues, so that a message exists once in memory
 * however many read it.
 */
export class RoomLog {
  readonly #limits: RoomLogLimits;
  readonly #events: (LogEvent | undefined)[];
  readonly #head: Positions;
  readonly #covered: Positions;
  #first = 0;
  #next = 0;
  #bytes = 0;
  #written = 0;

  /** @param from - the position before the first event. */
  constructor(from: Positions, limits: RoomLogLimits) {
    this.#head = from.copy();
    this.#covered = from.copy();
    this.#limits = limits;
    this.#events = new Array<LogEvent | undefined>(limits.events);
  }

  /** The oldest event's sequence number. */
  get first(): number {
    return this.#first;
  }

  /** The next event's sequence number. */
  get next(): number {
    return this.#next;
  }

  /** Bytes of all events ever appended; a difference measures how far a reader is behind. */
  get written(): number {
    return this.#written;
  }

  /** The position after the newest event. */
  get head(): Positions {
    return this.#head;
  }

  /** The partition of the room's messages; ids name it first. */
  set own(partition: number) {
    this.#head.own = partition;
    this.#covered.own = partition;
  }

  /** The position before the oldest event. */
  get covered(): Positions {
    return this.#covered;
  }

  /** The event with that sequence number, while it is kept. */
  at(sequence: number): LogEvent | undefined {
    return sequence < this.#first || sequence >= this.#next ? undefined : this.#events[sequence % this.#limits.events];
  }

  /** Adds a message and returns its frame. */
  append(entry: Entry): Buffer {
    this.#head.advance(entry.partition, entry.offset);
    const id = this.#head.toString();
    const line = idLine(id);
    // Ids are ASCII, so their length in characters is their length in bytes.
    const frame = ownBuffer(line + messageBody(entry.value));
    if (this.#next - this.#first === this.#limits.events) this.#evict();
    // Without the record's value, which would keep the broker's whole answer in memory.
    const { partition, offset } = entry;
    this.#events[this.#next % this.#limits.events] = { partition, offset, id, frame, bodyAt: line.length };
    this.#next += 1;
    this.#bytes += frame.length;
    this.#written += frame.length;
    while (this.#bytes > this.#limits.bytes && this.#next - this.#first > 1) this.#evict();
    return frame;
  }

  #evict(): void {
    const index = this.#first % this.#limits.events;
    const event = this.#events[index];
    this.#events[index] = undefined;
    this.#first += 1;
    if (event === undefined) return;
    this.#bytes -= event.frame.length;
    this.#covered.advance(event.partition, event.offset);
  }
}
