import type { ServerResponse } from "node:http";
import { describeError } from "../kafka/errors.js";
import type { Entry } from "../kafka/fetch.js";
import { HttpError } from "../kchat/http-error.js";
import { farewell, HEARTBEAT, preamble } from "./frames.js";
import { Positions } from "./position.js";
import { Reader, writeEntry } from "./reader.js";
import { RoomLog, type RoomLogLimits } from "./room-log.js";
import type { RoomSource } from "./room-source.js";

/** Limits and counters of a {@link RoomHub}. */
export interface RoomHubOptions {
  readonly log: RoomLogLimits;
  /** Bytes that a reader which does not keep up may fall behind before it is dropped. */
  readonly maxBacklogBytes: number;
  /** Milliseconds that clients wait before they reconnect; sent as `retry`. */
  readonly retryMs: number;
  readonly observer: RoomObserver;
}

/** What the metrics and the log want to know. */
export interface RoomObserver {
  /** `messages` were sent to `readers`; `oldest` is the time of the first of them, in milliseconds since 1970. */
  delivered(messages: number, readers: number, oldest: number): void;
  dropped(reason: string): void;
  interrupted(reason: string): void;
}

/** Where a reader wants to begin. */
export interface ReaderStart {
  /** The id of the last event that it has seen. */
  readonly lastEventId: string | undefined;
  /** How many of the latest messages to begin with, when there is no `lastEventId`. */
  readonly history: number;
}

/** One room of this replica: takes messages from its source and sends each to all its readers. */
export class RoomHub {
  readonly #source: RoomSource;
  readonly #options: RoomHubOptions;
  readonly #readers = new Map<ServerResponse, Reader>();
  #log: RoomLog | undefined;

  constructor(source: RoomSource, options: RoomHubOptions) {
    this.#source = source;
    this.#options = options;
    source.follow({
      opened: (from, entries) => {
        this.#open(from, entries);
      },
      entries: (entries) => {
        this.#append(entries);
      },
      interrupted: (reason) => {
        options.observer.interrupted(reason);
      },
    });
  }

  /** True once the messages that existed at the start have been read and every partition is being followed. */
  get ready(): boolean {
    return this.#log !== undefined && this.#source.connected;
  }

  get readers(): number {
    return this.#readers.size;
  }

  get lag(): number {
    return this.#source.lag;
  }

  /**
   * Begins to send the room to `output`, whose head has been written.
   *
   * @throws {@link HttpError} before anything was written: 400 for an id that is none, 503 while the room is not loaded yet.
   */
  async connect(output: ServerResponse, start: ReaderStart, begin: () => void): Promise<void> {
    const log = this.#log;
    if (log === undefined) throw new HttpError(503, "not_ready", "The room is not loaded yet.", 1);
    const resume = start.lastEventId === undefined ? undefined : resumeFrom(start.lastEventId, log.head.tag);
    begin();
    if (resume === undefined) {
      const cursor = Math.max(log.first, log.next - start.history);
      const before = log.at(cursor - 1)?.id ?? log.covered.toString();
      output.write(preamble(before, this.#options.retryMs));
      this.#add(output, new Reader(output, log, cursor, undefined, this.#options.maxBacklogBytes), log);
      return;
    }
    output.write(preamble(resume.toString(), this.#options.retryMs));
    try {
      await this.#readBack(output, resume, log);
    } catch (error) {
      this.#options.observer.interrupted(describeError(error));
      this.#end(output, "reconnect", "Older messages could not be read at the moment.");
      return;
    }
    if (hasLeft(output)) return;
    this.#add(output, new Reader(output, log, log.first, resume, this.#options.maxBacklogBytes), log);
  }

  /** Sends a comment to every reader. */
  beat(): void {
    for (const reader of this.#readers.values()) reader.beat(HEARTBEAT);
  }

  /** Ends every stream with an event that says so; clients reconnect and resume, by then at another replica. */
  stop(): void {
    this.#source.stop();
    for (const output of this.#readers.keys()) this.#end(output, "reconnect", "The service is restarting.");
  }

  #open(from: Positions, entries: readonly Entry[]): void {
    // A topic made anew has nothing in common with what present readers have seen; they come back with positions that say so.
    for (const output of this.#readers.keys()) this.#end(output, "reconnect", "The room was made anew.");
    const log = new RoomLog(from, this.#options.log);
    for (const entry of entries) log.append(entry);
    this.#log = log;
  }

  #append(entries: readonly Entry[]): void {
    const log = this.#log;
    const [first] = entries;
    if (log === undefined || first === undefined) return;
    const before = log.next;
    const frames = entries.map((entry) => log.append(entry));
    const [only] = frames;
    const chunk = frames.length === 1 && only !== undefined ? only : Buffer.concat(frames);
    for (const [output, reader] of this.#readers) {
      if (reader.isCurrentAt(before)) reader.push(chunk, entries.length, log);
      else this.#pump(output, reader, log);
    }
    this.#options.observer.delivered(entries.length, this.#readers.size, first.timestamp);
  }

  #add(output: ServerResponse, reader: Reader, log: RoomLog): void {
    this.#readers.set(output, reader);
    output.on("drain", () => {
      reader.unblock();
      this.#pump(output, reader, log);
    });
    output.on("close", () => this.#readers.delete(output));
    this.#pump(output, reader, log);
  }

  #pump(output: ServerResponse, reader: Reader, log: RoomLog): void {
    if (reader.pump(log) !== "behind") return;
    this.#options.observer.dropped("slow reader");
    this.#end(output, "dropped", "You were reading too slowly; reconnect to go on from your last message.");
  }

  #end(output: ServerResponse, event: "dropped" | "reconnect", reason: string): void {
    this.#readers.delete(output);
    output.end(farewell(event, reason, this.#options.retryMs));
    // Whoever does not even take the farewell is not waited for.
    const timer = setTimeout(() => output.destroy(), 5_000);
    timer.unref();
    output.once("close", () => {
      clearTimeout(timer);
    });
  }

  /** Sends what lies between `resume` and the log. The log moves on meanwhile, so it may take several rounds. */
  async #readBack(output: ServerResponse, resume: Positions, log: RoomLog): Promise<void> {
    while (!hasLeft(output) && resume.isBehind(log.covered)) {
      const until = log.covered.copy();
      for await (const page of this.#source.readBack(resume.copy(), until)) {
        let flowing = true;
        for (const entry of page) flowing = writeEntry(output, resume, entry);
        if (!flowing) await drained(output);
        if (hasLeft(output)) return;
      }
      // What was not there to be read (retention removed it, or it was no message) is behind the reader all the same.
      resume.advanceTo(until);
    }
  }
}

function resumeFrom(lastEventId: string, tag: string): Positions {
  const positions = Positions.parse(lastEventId);
  if (positions === undefined)
    throw new HttpError(400, "bad_event_id", "Last-Event-ID is not an id that this service gave out.");
  return positions.tag === tag ? positions : new Positions(tag);
}

function hasLeft(output: ServerResponse): boolean {
  return output.destroyed;
}

function drained(output: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      output.off("drain", done);
      output.off("close", done);
      resolve();
    };
    output.on("drain", done);
    output.on("close", done);
  });
}
