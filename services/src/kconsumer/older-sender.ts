import type { Socket } from "node:net";
import { idLine } from "./frames.js";
import type { OlderPage, OlderPages } from "./older-pages.js";
import { ownConcatenation } from "./own-buffer.js";
import type { Positions } from "./position.js";
import type { Gap, Resume } from "./resume.js";
import type { Turns } from "./turns.js";

/** Bytes on their way to one reader of older messages: its only memory beyond that of any reader. */
const CHUNK_BYTES = 4_096;

/** A reader of older messages must accept {@link PACE_BYTES} within this many milliseconds, or it loses its place. */
const PACE_MS = 30_000;
const PACE_BYTES = 65_536;

/** A reader did not accept the data it asked for. */
export class SlowReaderError extends Error {}

/**
 * Sends one reader the messages that it lacks and that are no longer in the room's log. It sends the next chunk when the last has left this process,
 * so that a stalled reader holds one chunk at most.
 */
export class OlderSender {
  readonly #socket: Socket;
  readonly #resume: Resume;
  readonly #pages: OlderPages;
  readonly #turns: Turns;
  readonly #hasLeft: () => boolean;
  /** Bytes already sent of the event at the beginning of the gap. */
  #sent = 0;
  /** The event that these bytes belong to, while there are any. */
  #unfinished: Gap | undefined;
  #pacedBytes = 0;
  #waitedMs = 0;

  constructor(socket: Socket, resume: Resume, pages: OlderPages, turns: Turns, hasLeft: () => boolean) {
    this.#socket = socket;
    this.#resume = resume;
    this.#pages = pages;
    this.#turns = turns;
    this.#hasLeft = hasLeft;
  }

  /** True when only the beginning of an event was sent, so that nothing else can be sent to this reader. */
  get isCut(): boolean {
    return this.#sent > 0;
  }

  /**
   * Sends everything before `covered`, which advances meanwhile. Resolves when that is done, or the reader has left.
   *
   * @throws {@link SlowReaderError} when the reader is too slow, or errors of reading from Kafka.
   */
  async send(covered: Positions): Promise<void> {
    for (let gap = this.#gap(covered); gap !== undefined; gap = this.#gap(covered)) {
      await this.#turns.next();
      const { partition, from, until } = gap;
      const page = this.#pages.page(partition, from, () => !this.#hasLeft());
      // Without a variable for the page: nobody keeps it in memory while the reader accepts its chunk.
      const chunk = await page.then((read) => (read === undefined ? undefined : this.#chunk(read, from, until)));
      if (chunk === undefined || this.#hasLeft()) return;
      if (chunk.length > 0) await this.#taken(chunk);
      if (this.#hasLeft()) return;
    }
  }

  /** The reader's missing messages. An event that was begun comes first, even when the log covers it by now. */
  #gap(covered: Positions): Gap | undefined {
    return this.#unfinished ?? this.#resume.gap(covered);
  }

  /** The events of the page that fit into one chunk. */
  #chunk(page: OlderPage, from: number, until: number): Buffer {
    const parts: Buffer[] = [];
    let room = CHUNK_BYTES;
    for (const { offset, body } of page.events) {
      if (offset < from || offset >= until) continue;
      if (room <= 0) return ownConcatenation(parts);
      this.#resume.advance(page.partition, offset);
      const frame = Buffer.concat([Buffer.from(idLine(this.#resume.id)), body]);
      const begun = this.#unfinished?.from === offset ? this.#sent : 0;
      const part = frame.subarray(begun, begun + room);
      parts.push(part);
      room -= part.length;
      const isWhole = begun + part.length === frame.length;
      this.#sent = isWhole ? 0 : begun + part.length;
      this.#unfinished = isWhole ? undefined : { partition: page.partition, from: offset, until: offset + 1 };
      if (!isWhole) return ownConcatenation(parts);
    }
    if (this.#unfinished !== undefined)
      throw new Error(`The rest of a message of partition ${page.partition} is gone.`);
    // Offsets without a message (removed by retention, or no message) count as sent.
    this.#resume.advance(page.partition, Math.min(page.next, until) - 1);
    return ownConcatenation(parts);
  }

  /** Resolves when the chunk has left this process or the reader is gone. */
  async #taken(chunk: Buffer): Promise<void> {
    const started = performance.now();
    await new Promise<void>((resolve, reject) => {
      const finish = () => {
        clearTimeout(timer);
        this.#socket.off("close", finish);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#socket.off("close", finish);
        reject(new SlowReaderError("The reader accepted too little."));
      }, PACE_MS - this.#waitedMs);
      this.#socket.once("close", finish);
      this.#socket.write(chunk, finish);
    });
    this.#waitedMs += performance.now() - started;
    this.#pacedBytes += chunk.length;
    if (this.#pacedBytes < PACE_BYTES) return;
    this.#pacedBytes = 0;
    this.#waitedMs = 0;
  }
}
