import { initProducerIdV5, NumericMap, produceV11 } from "@platformatic/kafka";
import { isTransient, type KafkaClient } from "./client.js";
import { isKafkaError } from "./errors.js";

/** Where Kafka stored a record. */
export interface Position {
  readonly partition: number;
  /** -1 when Kafka already had the record and did not say where. */
  readonly offset: number;
}

/** Kafka did not acknowledge in time. The record may or may not have been written. */
export class NotAcknowledgedError extends Error {
  constructor(cause: unknown) {
    super("Kafka did not acknowledge in time.", { cause });
    this.name = "NotAcknowledgedError";
  }
}

/** The part of a {@link KafkaClient} that writing needs. */
export type WriterClient = Pick<KafkaClient, "request" | "metadata" | "lastSeen">;

interface Waiting {
  readonly value: Buffer;
  readonly deadline: number;
  readonly resolve: (position: Position) => void;
  readonly reject: (error: unknown) => void;
}

interface ProducerIdentity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

/** Bytes of one request; far below a broker's default `message.max.bytes` (1 MiB). */
const MAX_BATCH_BYTES = 512 * 1024;

/** Kafka's other refusals of a record are final. These concern the producer's state, and a new producer id cures them. */
const LOST_STATE = ["OUT_OF_ORDER_SEQUENCE_NUMBER", "UNKNOWN_PRODUCER_ID", "INVALID_PRODUCER_EPOCH"];

/**
 * Appends records to one partition with acks=all, idempotently. One request is pending at a time, and everything that arrives meanwhile goes with the
 * next. So an idle partition waits for nothing, and a busy one batches by itself. A request without an answer is sent again with the same sequence
 * number, so that Kafka writes it once.
 */
export class PartitionWriter {
  readonly #client: WriterClient;
  readonly #topic: string;
  readonly #partition: number;
  readonly #key: Buffer;
  #queue: Waiting[] = [];
  #identity: ProducerIdentity | undefined;
  #sequence = 0;
  #busy = false;

  /** @param key - the key of every record; it determines this partition. */
  constructor(client: WriterClient, topic: string, partition: number, key: Buffer) {
    this.#client = client;
    this.#topic = topic;
    this.#partition = partition;
    this.#key = key;
  }

  /**
   * Resolves when every in-sync replica has the record.
   *
   * @param deadline - on the scale of `Date.now()`
   * @throws {@link NotAcknowledgedError} at the deadline, or Kafka's refusal.
   */
  append(value: Buffer, deadline: number): Promise<Position> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ value, deadline, resolve, reject });
      if (!this.#busy) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    for (;;) {
      this.#giveUpExpired();
      const batch = this.#takeBatch();
      if (batch.length === 0) break;
      try {
        const offset = await this.#write(batch);
        batch.forEach((entry, index) => {
          entry.resolve({ partition: this.#partition, offset: offset < 0 ? -1 : offset + index });
        });
      } catch (error) {
        for (const entry of batch) entry.reject(error);
      }
    }
    this.#busy = false;
  }

  /** Fails records that expired in the queue. Sent with later ones, they would impose their earlier deadline on these. */
  #giveUpExpired(): void {
    const now = Date.now();
    const expired = this.#queue.filter(({ deadline }) => deadline <= now);
    if (expired.length === 0) return;
    this.#queue = this.#queue.filter(({ deadline }) => deadline > now);
    for (const { reject } of expired) reject(new NotAcknowledgedError(undefined));
  }

  #takeBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const entry of this.#queue) {
      bytes += entry.value.length;
      if (count > 0 && bytes > MAX_BATCH_BYTES) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  async #write(batch: readonly Waiting[]): Promise<number> {
    const deadline = Math.min(...batch.map((entry) => entry.deadline));
    let sent = false;
    for (let attempt = 0; ; attempt += 1) {
      try {
        if (Date.now() >= deadline) throw new NotAcknowledgedError(undefined);
        this.#identity ??= await this.#newIdentity();
        sent = true;
        const offset = await this.#send(batch, this.#identity);
        this.#sequence += batch.length;
        return offset;
      } catch (error) {
        if (isKafkaError(error, "DUPLICATE_SEQUENCE_NUMBER")) {
          this.#sequence += batch.length;
          return -1;
        }
        const lostState = LOST_STATE.some((name) => isKafkaError(error, name));
        // Kafka refused this very sequence number, so the batch is not in the log, and a new producer id may send it.
        if (lostState) this.#identity = undefined;
        else if (!isTransient(error)) {
          if (sent && error instanceof NotAcknowledgedError) this.#identity = undefined;
          throw error;
        }
        const pause = Math.min(10 * 2 ** attempt, 500);
        if (Date.now() + pause >= deadline) {
          // The batch may still be written later, so no other batch may use its sequence numbers.
          if (sent) this.#identity = undefined;
          throw new NotAcknowledgedError(error);
        }
        await new Promise((resolve) => setTimeout(resolve, pause));
        // Finds the new leader or the remaining brokers; a failure of this is not the batch's failure.
        await this.#client.metadata([this.#topic]).catch(() => undefined);
      }
    }
  }

  async #newIdentity(): Promise<ProducerIdentity> {
    const { producerId, producerEpoch } = await this.#client.request("any", initProducerIdV5.api, null, 0, -1n, -1);
    this.#sequence = 0;
    return { producerId, producerEpoch };
  }

  async #send(batch: readonly Waiting[], identity: ProducerIdentity): Promise<number> {
    const view = this.#client.lastSeen?.topics.get(this.#topic) ?? (await this.#refresh());
    const leader = view?.partitions[this.#partition]?.leader ?? -1;
    const timestamp = BigInt(Date.now());
    const records = batch.map((entry) => ({
      topic: this.#topic,
      partition: this.#partition,
      key: this.#key,
      value: entry.value,
      headers: new Map<Buffer, Buffer>(),
      timestamp,
    }));
    const sequences = new NumericMap([[`${this.#topic}:${this.#partition}`, this.#sequence]]);
    const response = await this.#client.request(leader, produceV11.api, -1, 5_000, records, {
      compression: "none",
      producerId: identity.producerId,
      producerEpoch: identity.producerEpoch,
      sequences,
    });
    // With acks=all there always is an answer; the library's type also covers acks=0, which has none.
    if (typeof response === "boolean") return -1;
    return Number(response.responses[0]?.partitionResponses[0]?.baseOffset ?? -1n);
  }

  async #refresh() {
    return (await this.#client.metadata([this.#topic])).topics.get(this.#topic);
  }
}
