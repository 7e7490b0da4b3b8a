import type { ServerResponse } from "node:http";
import { describeError } from "../kafka/errors.js";
import type { Entry } from "../kafka/fetch.js";
import { HttpError } from "../kchat/http-error.js";
import { farewell, HEARTBEAT, preamble } from "./frames.js";
import { OlderPages } from "./older-pages.js";
import { OlderSender, SlowReaderError } from "./older-sender.js";
import { Positions } from "./position.js";
import { Reader } from "./reader.js";
import { Resume } from "./resume.js";
import { RoomLog, type RoomLogLimits } from "./room-log.js";
import type { RoomSource } from "./room-source.js";
import type { Seats } from "./seats.js";
import type { Turns } from "./turns.js";

/** Limits and counters of a {@link RoomHub}. */
export interface RoomHubOptions {
  readonly log: RoomLogLimits;
  /** Bytes that a slow reader may fall behind before it is dropped. */
  readonly maxBacklogBytes: number;
  /** Milliseconds that clients wait before they reconnect; sent as `retry`. */
  readonly retryMs: number;
  /** Places for readers of messages that are no longer in the log, shared by all rooms of the replica. */
  readonly resuming: Seats;
  /** Schedules these readers. */
  readonly turns: Turns;
  readonly observer: RoomObserver;
}

/** Receives events for metrics and the log. */
export interface RoomObserver {
  /** `messages` were sent to `readers`; `oldest` is the timestamp of the first, in milliseconds since 1970. */
  delivered(messages: number, readers: number, oldest: number): void;
  dropped(reason: string): void;
  interrupted(reason: string): void;
}

/** Where a reader begins. */
export interface ReaderStart {
  /** The id of the last event that it has seen. */
  readonly lastEventId: string | undefined;
  /** How many of the latest messages to begin with, without a `lastEventId`. */
  readonly history: number;
  /** Send only messages, because this reader shows everything as one. */
  readonly messagesOnly: boolean;
  /** The client's address. */
  readonly address: string;
}

/** Unread messages that a ready replica may have: a moment's work, but more than one busy moment brings. */
const READY_LAG = 1_000;

/** One room of this replica: takes messages from its source and sends each to all readers. */
export class RoomHub {
  readonly #source: RoomSource;
  readonly #options: RoomHubOptions;
  readonly #readers = new Map<ServerResponse, Reader>();
  /** Readers that are being sent messages older than the log. */
  readonly #resuming = new Map<ServerResponse, OlderSender>();
  readonly #older: OlderPages;
  readonly #messagesOnly = new WeakSet<ServerResponse>();
  #log: RoomLog | undefined;
  #stopped = false;

  constructor(source: RoomSource, options: RoomHubOptions) {
    this.#source = source;
    this.#options = options;
    this.#older = new OlderPages((partition, from) => source.readPage(partition, from));
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

  /** True once the messages that existed at the start have been read, while all partitions are being followed and few messages are unread. */
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
   * Starts sending the room to `output`.
   *
   * @param begin - writes the head of the answer
   * @throws {@link HttpError} before anything was written: 400 for a malformed id; 503 while the room is not loaded yet, too many others are being
   *   sent older messages, or the service is stopping.
   */
  async connect(output: ServerResponse, start: ReaderStart, begin: () => void): Promise<void> {
    const log = this.#log;
    if (this.#stopped) throw new HttpError(503, "stopping", "The service is restarting.", 1);
    if (log === undefined) throw new HttpError(503, "not_ready", "The room is not loaded yet.", 1);
    if (start.lastEventId === undefined) {
      this.#join(output, start, begin, log, Math.max(log.first, log.next - start.history));
      return;
    }
    const id = Positions.parse(start.lastEventId);
    if (id === undefined)
      throw new HttpError(400, "bad_event_id", "Last-Event-ID is not an id that this service gave out.");
    if (id.tag !== log.head.tag) {
      // The id is made up or of a former topic of this name: send the whole log.
      this.#join(output, start, begin, log, log.first);
      return;
    }
    const resume = new Resume(id, log.head, this.#source.ownPartition, this.#source.partitions);
    if (resume.gap(log.covered) === undefined) {
      this.#begin(output, start, begin, resume.id);
      this.#add(output, log.first, resume, log);
      return;
    }
    await this.#sendOlder(output, start, begin, log, resume);
  }

  /** Sends a heartbeat to every reader, and disconnects those that accept nothing any more. */
  beat(): void {
    for (const [output, reader] of this.#readers) if (!reader.beat(HEARTBEAT)) this.#drop(output);
  }

  /** Ends every stream with an event that says so; clients reconnect to another replica and resume. */
  stop(): void {
    this.#stopped = true;
    this.#source.stop();
    this.#endAll("The service is restarting.");
  }

  /** Adds a reader that begins at an event of the log. */
  #join(output: ServerResponse, start: ReaderStart, begin: () => void, log: RoomLog, cursor: number): void {
    this.#begin(output, start, begin, log.at(cursor - 1)?.id ?? log.covered.toString());
    this.#add(output, cursor, undefined, log);
  }

  /** Adds a reader that lacks messages older than the log. */
  async #sendOlder(
    output: ServerResponse,
    start: ReaderStart,
    begin: () => void,
    log: RoomLog,
    resume: Resume,
  ): Promise<void> {
    const seat = this.#options.resuming.take(start.address);
    if (typeof seat === "string") {
      throw new HttpError(503, "too_many_resuming", "Too many readers are being sent older messages; try again.", 2);
    }
    // A reader that leaves while a broker does not answer gives up its place at once.
    output.once("close", seat);
    try {
      this.#begin(output, start, begin, resume.id);
      const { socket } = output;
      if (socket === null || hasLeft(output)) return;
      const sender = new OlderSender(socket, resume, this.#older, this.#options.turns, () => hasLeft(output));
      this.#resuming.set(output, sender);
      await sender.send(log.covered);
    } catch (error) {
      if (error instanceof SlowReaderError) this.#drop(output);
      else {
        this.#options.observer.interrupted(describeError(error));
        this.#end(output, "reconnect", "Older messages could not be read at the moment.");
      }
      return;
    } finally {
      this.#resuming.delete(output);
      output.off("close", seat);
      seat();
    }
    this.#add(output, log.first, resume, log);
  }

  /** Tells a reader where its stream begins, or at least that it does. */
  #begin(output: ServerResponse, { messagesOnly }: ReaderStart, begin: () => void, id: string): void {
    begin();
    if (messagesOnly) {
      this.#messagesOnly.add(output);
      output.flushHeaders();
    } else output.write(preamble(id, this.#options.retryMs));
  }

  #open(from: Positions, entries: readonly Entry[]): void {
    // A recreated topic shares nothing with what readers have seen; they reconnect with positions of the old one.
    this.#endAll("The room was recreated.");
    this.#older.clear();
    const log = new RoomLog(from, this.#options.log);
    log.own = this.#source.ownPartition;
    for (const entry of entries) log.append(entry);
    this.#log = log;
  }

  #append(entries: readonly Entry[]): void {
    const log = this.#log;
    const [first] = entries;
    if (log === undefined || first === undefined) return;
    log.own = this.#source.ownPartition;
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
   * From here on messages go to the connection itself, which works because the response has no encoding of its own. A response would keep them until
   * all readers have been written to, and takes more processor time.
   */
  #add(output: ServerResponse, cursor: number, resume: Resume | undefined, log: RoomLog): void {
    const connection = output.socket;
    if (connection === null || hasLeft(output)) return;
    const reader = new Reader(connection, log, cursor, resume, this.#options.maxBacklogBytes);
    this.#readers.set(output, reader);
    const onDrain = () => {
      // Nothing follows a farewell.
      if (hasLeft(output)) return;
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
    for (const output of [...this.#readers.keys(), ...this.#resuming.keys()]) this.#end(output, "reconnect", reason);
  }

  #end(output: ServerResponse, event: "dropped" | "reconnect", reason: string): void {
    if (hasLeft(output)) return;
    this.#readers.delete(output);
    // After half an event, anything would be taken for the rest of it.
    if (this.#resuming.get(output)?.isCut === true) {
      output.destroy();
      return;
    }
    if (this.#messagesOnly.has(output)) output.end();
    else output.end(farewell(event, reason, this.#options.retryMs));
    // Does not wait for a reader that does not even accept the farewell.
    const timer = setTimeout(() => output.destroy(), 5_000);
    timer.unref();
    output.once("close", () => {
      clearTimeout(timer);
    });
  }
}

/** True when nothing more can be sent: the reader left, or was disconnected. */
function hasLeft(output: ServerResponse): boolean {
  return output.destroyed || output.writableEnded;
}
