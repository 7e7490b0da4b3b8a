import { isTransient } from "../kafka/client.js";
import { isKafkaError } from "../kafka/errors.js";
import { NotAcknowledgedError, PartitionWriter, type Position, type WriterClient } from "../kafka/partition-writer.js";
import { HttpError } from "./http-error.js";
import { partitionOf } from "./rooms.js";

/** Where messages go. The services use Kafka only through this and the reader's interface, so tests need no Kafka. */
export interface MessageSink {
  /**
   * Resolves when every in-sync replica has acknowledged the message.
   *
   * @throws {@link HttpError} 503 when that failed, or too many messages are waiting.
   */
  append(room: string, message: Buffer): Promise<Position>;
}

/** Limits of a {@link RoomWriter}. */
export interface RoomWriterOptions {
  /** Bytes of messages that may wait for Kafka, over all rooms; each counts for 1 KiB more than its size. */
  readonly bufferBytes: number;
  /** Milliseconds that a message may wait for its acknowledgement. */
  readonly timeoutMs: number;
  /** Milliseconds between checks of a topic's partition count. @default 30000 */
  readonly refreshMs?: number;
}

/** Memory of a waiting message besides its bytes: request, answer, promises. Without it, the limit would ignore very short messages. */
const OVERHEAD_BYTES = 1_024;

interface Room {
  readonly writer: PartitionWriter;
  readonly partition: number;
  readonly checkedAt: number;
}

/** Writes each room's messages to the one partition that the room's name hashes to, so that a room has a total order. */
export class RoomWriter implements MessageSink {
  readonly #client: WriterClient;
  readonly #options: Required<RoomWriterOptions>;
  readonly #rooms = new Map<string, Promise<Room>>();
  #buffered = 0;

  constructor(client: WriterClient, options: RoomWriterOptions) {
    this.#client = client;
    this.#options = { refreshMs: 30_000, ...options };
  }

  /** Bytes of messages that wait for their acknowledgement. */
  get bufferedBytes(): number {
    return this.#buffered;
  }

  async append(room: string, message: Buffer): Promise<Position> {
    const size = message.length + OVERHEAD_BYTES;
    if (this.#buffered + size > this.#options.bufferBytes) {
      throw unavailable("buffer_full", "Too many messages are waiting for Kafka; this one was not accepted.");
    }
    const deadline = Date.now() + this.#options.timeoutMs;
    this.#buffered += size;
    try {
      const { writer } = await this.#room(room, deadline);
      return await writer.append(message, deadline);
    } catch (error) {
      throw toHttpError(error);
    } finally {
      this.#buffered -= size;
    }
  }

  async #room(name: string, deadline: number): Promise<Room> {
    const known = this.#rooms.get(name);
    if (known !== undefined) {
      const room = await known;
      if (Date.now() - room.checkedAt < this.#options.refreshMs) return room;
      if (this.#rooms.get(name) !== known) return this.#room(name, deadline);
    }
    const found = this.#find(name, deadline, await known);
    this.#rooms.set(name, found);
    found.catch(() => this.#rooms.delete(name));
    return found;
  }

  async #find(name: string, deadline: number, before: Room | undefined): Promise<Room> {
    const key = Buffer.from(name);
    for (;;) {
      const error = await this.#client.metadata([name]).then(
        () => undefined,
        (failure: unknown) => failure,
      );
      const topic = this.#client.lastSeen?.topics.get(name);
      if (topic !== undefined && topic.partitions.length > 0) {
        const partition = partitionOf(name, topic.partitions.length);
        const writer =
          before?.partition === partition ? before.writer : new PartitionWriter(this.#client, name, partition, key);
        return { writer, partition, checkedAt: Date.now() };
      }
      if (Date.now() + 200 >= deadline) throw new NotAcknowledgedError(error);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function unavailable(reason: string, message: string): HttpError {
  return new HttpError(503, reason, message, 1);
}

function toHttpError(error: unknown): unknown {
  if (error instanceof NotAcknowledgedError) {
    return unavailable(
      "not_acknowledged",
      "Kafka did not acknowledge the message in time; it may or may not have been written.",
    );
  }
  if (isKafkaError(error, "MESSAGE_TOO_LARGE") || isKafkaError(error, "RECORD_LIST_TOO_LARGE")) {
    return new HttpError(413, "body_too_large", "The message is larger than the room's topic accepts.");
  }
  if (isTransient(error)) return unavailable("kafka_unavailable", "Kafka is not reachable at the moment.");
  return error;
}
