import { idLine } from "./frames.js";
import type { Resume } from "./resume.js";
import type { RoomLog } from "./room-log.js";

/** The connection to one reader: a Node.js socket or response. */
export interface ReaderOutput {
  /** Returns false when the connection is full; `drain` follows when it has room again. */
  write(chunk: Buffer | string): boolean;
  cork(): void;
  uncork(): void;
}

/**
 * How long a reader's connection may be full, in milliseconds, however much arrives. A burst, as after an outage of Kafka, fills everyone's
 * connection; only readers that do not empty theirs soon are slow.
 */
const GRACE_MS = 1_000;

/** Milliseconds after which a reader that accepts nothing at all is given up, even when little arrives. */
const STALLED_MS = 60_000;

/**
 * How long a resuming reader may be ahead of this replica, in milliseconds. Replicas differ by moments. A position that stays ahead was made up, or
 * the topic has lost records; the reader then gets what there is.
 */
const AHEAD_MS = 30_000;

/** Result of {@link Reader.pump}. */
export type PumpResult = "current" | "blocked" | "behind";

/**
 * One reader's place in a room. It holds a sequence number and no messages. Readers that resume from another replica also have a `resume` position,
 * until the ids of this replica's events cover everything they have seen, or {@link AHEAD_MS} are over.
 */
export class Reader {
  readonly #output: ReaderOutput;
  readonly #maxBacklogBytes: number;
  #cursor: number;
  #sentUntil: number;
  #resume: Resume | undefined;
  /** The sequence number of the first event after the reader's arrival. */
  readonly #newFrom: number;
  readonly #aheadUntil: number;
  /** When the connection became full; undefined while it has room. */
  #blockedAt: number | undefined;

  /**
   * @param cursor - the sequence number of the first event to consider
   * @param resume - send only events after this position, with ids that preserve it
   * @param maxBacklogBytes - how far a blocked reader may fall behind
   */
  constructor(output: ReaderOutput, log: RoomLog, cursor: number, resume: Resume | undefined, maxBacklogBytes: number) {
    this.#newFrom = log.next;
    this.#aheadUntil = Date.now() + AHEAD_MS;
    this.#output = output;
    this.#cursor = cursor;
    this.#sentUntil = log.written;
    this.#resume = resume;
    this.#maxBacklogBytes = maxBacklogBytes;
  }

  /** True when the reader has everything before `sequence` and gets the next events unchanged. */
  isCurrentAt(sequence: number): boolean {
    return this.#blockedAt === undefined && this.#resume === undefined && this.#cursor === sequence;
  }

  /** Sends `chunk`, the `count` newest events, to a reader that was current before them. */
  push(chunk: Buffer, count: number, log: RoomLog): void {
    this.#cursor += count;
    this.#sentUntil = log.written;
    this.#note(this.#output.write(chunk));
  }

  /** The connection has room again. */
  unblock(): void {
    this.#blockedAt = undefined;
  }

  /** Writes events until the reader is current or its connection is full. `behind` means that it fell too far behind. */
  pump(log: RoomLog): PumpResult {
    if (this.#cursor < log.first) return "behind";
    if (this.#blockedAt !== undefined) {
      const isFarBehind = log.written - this.#sentUntil > this.#maxBacklogBytes;
      return isFarBehind && Date.now() - this.#blockedAt > GRACE_MS ? "behind" : "blocked";
    }
    this.#output.cork();
    let flowing = true;
    while (flowing && this.#cursor < log.next) flowing = this.#step(log);
    this.#output.uncork();
    this.#note(flowing);
    if (this.#cursor === log.next) this.#sentUntil = log.written;
    return flowing ? "current" : "blocked";
  }

  /** Sends a heartbeat unless data is waiting anyway. False when the reader has accepted nothing for too long. */
  beat(heartbeat: Buffer): boolean {
    if (this.#blockedAt === undefined) this.#note(this.#output.write(heartbeat));
    return this.#blockedAt === undefined || Date.now() - this.#blockedAt < STALLED_MS;
  }

  #note(flowing: boolean): void {
    this.#blockedAt = flowing ? undefined : Date.now();
  }

  /** Sends the event at the cursor if the reader needs it; false when the connection is full. */
  #step(log: RoomLog): boolean {
    const sequence = this.#cursor;
    const event = log.at(sequence);
    this.#cursor += 1;
    if (event === undefined) return true;
    const isNew = sequence >= this.#newFrom;
    if (isNew && Date.now() > this.#aheadUntil) this.#resume = undefined;
    if (this.#resume === undefined) return this.#output.write(event.frame);
    const { partition, offset } = event;
    const isKnown = this.#resume.covers(partition) ? this.#resume.hasSeen(partition, offset) : !isNew;
    if (isKnown) return true;
    this.#resume.advance(partition, offset);
    const id = this.#resume.id;
    this.#output.write(idLine(id));
    // All readers that have seen this event have now seen the same, so the shared events fit from here on.
    if (id === event.id) this.#resume = undefined;
    return this.#output.write(event.frame.subarray(event.bodyAt));
  }
}
