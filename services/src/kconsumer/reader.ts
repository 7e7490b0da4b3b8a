import { idLine } from "./frames.js";
import type { Resume } from "./resume.js";
import type { RoomLog } from "./room-log.js";

/** The connection to one reader; a Node.js socket is one, and a response. */
export interface ReaderOutput {
  /** Returns false when the reader's side does not keep up; `drain` follows when it does again. */
  write(chunk: Buffer | string): boolean;
  cork(): void;
  uncork(): void;
}

/**
 * Milliseconds for which a reader may be unable to take data however much comes. A burst, as after Kafka was away, fills everyone's connection; only
 * those that do not empty theirs soon after are slow.
 */
const GRACE_MS = 1_000;

/** Milliseconds after which a reader that takes nothing at all is given up, also when little comes. */
const STALLED_MS = 60_000;

/**
 * Milliseconds for which a reader that came back may be ahead of this replica. Replicas differ by moments; what is ahead for longer was made up, or the topic
 * has lost records, and then the reader gets what there is.
 */
const AHEAD_MS = 30_000;

/** What {@link Reader.pump} found out. */
export type PumpResult = "current" | "blocked" | "behind";

/**
 * One reader's place in a room. It holds a sequence number, no messages. Readers that came back from another replica also have a
 * `resume` position, until the ids of this replica's events cover everything they have seen, or {@link AHEAD_MS} are over.
 */
export class Reader {
  readonly #output: ReaderOutput;
  readonly #maxBacklogBytes: number;
  #cursor: number;
  #sentUntil: number;
  #resume: Resume | undefined;
  /** The sequence number of the first event that came after the reader. */
  readonly #newFrom: number;
  readonly #aheadUntil: number;
  /** When the output became full; undefined while it takes data. */
  #blockedAt: number | undefined;

  /**
   * @param cursor - the sequence number of the first event to look at
   * @param resume - send only events after this position, with ids that keep it
   * @param maxBacklogBytes - how far behind a blocked reader may fall
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

  /** True when the reader has everything before `sequence` and takes what comes next as it is. */
  isCurrentAt(sequence: number): boolean {
    return this.#blockedAt === undefined && this.#resume === undefined && this.#cursor === sequence;
  }

  /** Sends `chunk`, which holds the `count` newest events, to a reader that was current before them. */
  push(chunk: Buffer, count: number, log: RoomLog): void {
    this.#cursor += count;
    this.#sentUntil = log.written;
    this.#note(this.#output.write(chunk));
  }

  /** The output takes data again. */
  unblock(): void {
    this.#blockedAt = undefined;
  }

  /** Writes what is there until the reader is current or its output is full. `behind` means that it fell back too far to be served. */
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

  /** Sends a heartbeat unless data is waiting anyway. False when the reader has taken nothing for so long that it is to be given up. */
  beat(heartbeat: Buffer): boolean {
    if (this.#blockedAt === undefined) this.#note(this.#output.write(heartbeat));
    return this.#blockedAt === undefined || Date.now() - this.#blockedAt < STALLED_MS;
  }

  #note(flowing: boolean): void {
    this.#blockedAt = flowing ? undefined : Date.now();
  }

  /** Sends the event at the cursor if the reader needs it; false when the output is full. */
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
    // Everyone who has seen this event has now seen the same: from here on the shared events do.
    if (id === event.id) this.#resume = undefined;
    return this.#output.write(event.frame.subarray(event.bodyAt));
  }
}
