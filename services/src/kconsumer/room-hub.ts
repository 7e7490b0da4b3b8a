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
  /** Send nothing but messages: this reader shows whatever comes as one. */
  readonly messagesOnly: boolean;
}

/** Messages that may still have to be read by a replica that calls itself ready: a moment's work, but more than one busy moment brings. */
const READY_LAG = 1_000;

/** One room of this replica: takes messages from its source and sends each to all its readers. */
export class RoomHub {
  readonly #source: RoomSource;
  readonly #options: RoomHubOptions;
  readonly #readers = new Map<ServerResponse, Reader>();
  /** Those that are being sent what lies before the log. */
  readonly #resuming = new Set<ServerResponse>();
  readonly #messagesOnly = new WeakSet<ServerResponse>();
  #log: RoomLog | undefined;
  #stopped = false;

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

  /** True once the messages that existed at the start have been read, while every partition is being followed and little is still to be read. */
  get ready(): boolean {
    return this.#log !== undefined && this.#source.connected && this.#source.lag <= READY_LAG;
  }

  get readers(): number {
    return this.#readers.size + this.#resuming.size;
  }

  get lag(): number {
    return this.#source.lag;
  }

  /**
   * Begins to send the room to `output`, whose head has been written.
   *
   * @throws {@link HttpError} before anything was written: 400 for an id that is none, 503 while the room is not loaded yet or the
   * service stops.
   */
  async connect(output: ServerResponse, start: ReaderStart, begin: () => void): Promise<void> {
    const log = this.#log;
    if (this.#stopped) throw new HttpError(503, "stopping", "The service is restarting.", 1);
    if (log === undefined) throw new HttpError(503, "not_ready", "The room is not loaded yet.", 1);
    const resume = start.lastEventId === undefined ? undefined : resumeFrom(start.lastEventId, log.head.tag);
    begin();
    if (start.messagesOnly) this.#messagesOnly.add(output);
    if (resume === undefined) {
      const cursor = Math.max(log.first, log.next - start.history);
      const before = log.at(cursor - 1)?.id ?? log.covered.toString();
      this.#greet(output, before);
      this.#add(output, cursor, undefined, log);
      return;
    }
    this.#greet(output, resume.toString());
    this.#resuming.add(output);
    try {
      await this.#readBack(output, resume, log);
    } catch (error) {
      if (error instanceof SlowReaderError) this.#drop(output);
      else {
        this.#options.observer.interrupted(describeError(error));
        this.#end(output, "reconnect", "Older messages could not be read at the moment.");
      }
      return;
    } finally {
      this.#resuming.delete(output);
    }
    this.#add(output, log.first, resume, log);
  }

  /** Sends a heartbeat to every reader. */
  beat(): void {
    for (const reader of this.#readers.values()) reader.beat(HEARTBEAT);
  }

  /** Ends every stream with an event that says so; clients reconnect and resume, by then at another replica. */
  stop(): void {
    this.#stopped = true;
    this.#source.stop();
    this.#endAll("The service is restarting.");
  }

  /** Tells a reader where its stream begins, or at least that it does. */
  #greet(output: ServerResponse, id: string): void {
    if (this.#messagesOnly.has(output)) output.flushHeaders();
    else output.write(preamble(id, this.#options.retryMs));
  }

  #open(from: Positions, entries: readonly Entry[]): void {
    // A topic made anew has nothing in common with what present readers have seen; they come back with positions that say so.
    this.#endAll("The room was made anew.");
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

  /**
   * From here on messages go to the connection itself, which a response without an encoding of its own allows: a response keeps what is written to it until
   * all readers have been written to, and takes more of the processor.
   */
  #add(output: ServerResponse, cursor: number, resume: Positions | undefined, log: RoomLog): void {
    const connection = output.socket;
    if (connection === null || hasLeft(output)) return;
    const reader = new Reader(connection, log, cursor, resume, this.#options.maxBacklogBytes);
    this.#readers.set(output, reader);
    const onDrain = () => {
      reader.unblock();
      this.#pump(output, reader, log);
    };
    connection.on("drain", onDrain);
    output.on("close", () => {
      connection.off("drain", onDrain);
      this.#readers.delete(output);
    });
    this.#pump(output, reader, log);
  }

  #pump(output: ServerResponse, reader: Reader, log: RoomLog): void {
    if (reader.pump(log) === "behind") this.#drop(output);
  }

  #drop(output: ServerResponse): void {
    this.#options.observer.dropped("slow reader");
    this.#end(output, "dropped", "You were reading too slowly; reconnect to go on from your last message.");
  }

  #endAll(reason: string): void {
    for (const output of [...this.#readers.keys(), ...this.#resuming]) this.#end(output, "reconnect", reason);
  }

  #end(output: ServerResponse, event: "dropped" | "reconnect", reason: string): void {
    if (hasLeft(output)) return;
    this.#readers.delete(output);
    if (this.#messagesOnly.has(output)) output.end();
    else output.end(farewell(event, reason, this.#options.retryMs));
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
        if (hasLeft(output)) return;
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

/** True when nothing more can be sent: the reader went away, or was sent away. */
function hasLeft(output: ServerResponse): boolean {
  return output.destroyed || output.writableEnded;
}

/** Milliseconds that a reader of older messages may take for one page of them. */
const PAGE_MS = 30_000;

class SlowReaderError extends Error {}

/** Resolves when `output` takes data again or is gone; throws {@link SlowReaderError} when neither happens in time. */
function drained(output: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => () => {
      clearTimeout(timer);
      output.off("drain", taken);
      output.off("close", taken);
      finish();
    };
    const taken = settle(resolve);
    const timer = setTimeout(
      settle(() => {
        reject(new SlowReaderError("The reader took no data."));
      }),
      PAGE_MS,
    );
    output.on("drain", taken);
    output.on("close", taken);
  });
}
