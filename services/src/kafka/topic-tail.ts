import { type KafkaClient, type TopicView } from "./client.js";
import { describeError } from "./errors.js";
import { type Entry, fetchPartitions, listOffsets } from "./fetch.js";

/** Receives the records of a {@link TopicTail}. */
export interface TailListener {
  /** New records, in the order of their partition; called synchronously, once for each answer of a broker. */
  entries(entries: readonly Entry[]): void;
  /** Reading failed; the tail retries. */
  interrupted(reason: string): void;
  /** The topic was deleted and recreated; the tail has stopped. */
  replaced(): void;
}

/** How to follow a topic. */
export interface TailOptions {
  /** Milliseconds that a broker may hold an empty answer. @default 1000 */
  readonly maxWaitMs?: number;
  /** Bytes of one answer. @default 1048576 */
  readonly maxBytes?: number;
  /** Milliseconds between checks for new partitions. @default 10000 */
  readonly refreshMs?: number;
}

/**
 * Follows every partition of one topic from given offsets on, without a consumer group: each instance sees everything and stores nothing in Kafka.
 * One long poll is pending at each broker that leads partitions. Every record is delivered once, in the order of its partition, also across leader
 * changes. Partitions added later are read from their beginning.
 */
export class TopicTail {
  readonly #client: KafkaClient;
  readonly #name: string;
  readonly #listener: TailListener;
  readonly #options: Required<TailOptions>;
  readonly #next = new Map<number, number>();
  readonly #highWatermarks = new Map<number, number>();
  readonly #polling = new Set<number>();
  #topic: TopicView;
  #refreshedAt = Date.now();
  #refreshing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param from - the first offset for each existing partition. */
  constructor(
    client: KafkaClient,
    topic: TopicView,
    from: ReadonlyMap<number, number>,
    listener: TailListener,
    options: TailOptions = {},
  ) {
    this.#client = client;
    this.#name = topic.name;
    this.#topic = topic;
    this.#listener = listener;
    this.#options = { maxWaitMs: 1_000, maxBytes: 1_048_576, refreshMs: 10_000, ...options };
    for (const [partition, offset] of from) this.#next.set(partition, offset);
  }

  /** Starts reading; returns at once. */
  start(): void {
    this.#poll();
    this.#timer = setInterval(() => void this.#refresh(), this.#options.refreshMs);
    this.#timer.unref();
  }

  /** Stops delivering at once. Pending requests end when the client is closed. */
  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }

  /** Records in Kafka that are not delivered yet, by the brokers' last answers. */
  get lag(): number {
    let lag = 0;
    for (const [partition, highWatermark] of this.#highWatermarks) {
      lag += Math.max(0, highWatermark - (this.#next.get(partition) ?? highWatermark));
    }
    return lag;
  }

  /** The next offset to read, by partition. */
  get positions(): ReadonlyMap<number, number> {
    return this.#next;
  }

  /** The last seen number of partitions. */
  get partitions(): number {
    return this.#topic.partitions.length;
  }

  /** True when every partition has a leader that this tail is polling. */
  get connected(): boolean {
    return this.#topic.partitions.every((partition) => this.#polling.has(partition.leader));
  }

  #poll(): void {
    if (this.#stopped) return;
    for (const { leader } of this.#topic.partitions) {
      if (leader >= 0 && !this.#polling.has(leader)) void this.#follow(leader);
    }
  }

  async #follow(broker: number): Promise<void> {
    this.#polling.add(broker);
    try {
      while (!this.#stopped) {
        const offsets = this.#offsetsLedBy(broker);
        if (offsets.size === 0) break;
        const answers = await fetchPartitions(this.#client, broker, this.#topic, offsets, this.#options);
        if (this.#isStopped()) return;
        const failed = answers.filter((answer) => answer.error !== undefined);
        this.#deliver(answers.filter((answer) => answer.error === undefined));
        if (failed.length > 0) await this.#recover(failed.map((answer) => [answer.partition, answer.error ?? ""]));
      }
    } catch (error) {
      if (this.#isStopped()) return;
      this.#listener.interrupted(describeError(error));
      this.#polling.delete(broker);
      await this.#refreshSoon();
    } finally {
      this.#polling.delete(broker);
    }
    this.#poll();
  }

  /** A method, because the compiler would otherwise rely on an earlier check of the field. */
  #isStopped(): boolean {
    return this.#stopped;
  }

  #offsetsLedBy(broker: number): Map<number, number> {
    const offsets = new Map<number, number>();
    for (const partition of this.#topic.partitions) {
      if (partition.leader === broker) offsets.set(partition.index, this.#next.get(partition.index) ?? 0);
    }
    return offsets;
  }

  #deliver(
    answers: readonly { partition: number; entries: readonly Entry[]; next: number; highWatermark: number }[],
  ): void {
    const fresh: Entry[] = [];
    for (const { partition, entries, next, highWatermark } of answers) {
      const from = this.#next.get(partition) ?? 0;
      // While a partition moves, two brokers may be polled for it, and the second answer brings nothing new.
      for (const entry of entries) if (entry.offset >= from) fresh.push(entry);
      this.#next.set(partition, Math.max(from, next));
      this.#highWatermarks.set(partition, highWatermark);
    }
    if (fresh.length > 0) this.#listener.entries(fresh);
  }

  async #recover(failed: readonly (readonly [number, string])[]): Promise<void> {
    const outOfRange = failed.filter(([, error]) => error === "OFFSET_OUT_OF_RANGE").map(([partition]) => partition);
    const [first] = failed;
    if (first !== undefined) this.#listener.interrupted(`${this.#name}-${first[0]}: ${first[1]}`);
    await this.#refreshSoon();
    if (outOfRange.length > 0) await this.#returnToRange(outOfRange);
  }

  /** Handles offsets out of range: retention removed the next records, or an unclean election shortened the log. */
  async #returnToRange(partitions: readonly number[]): Promise<void> {
    const earliest = await listOffsets(this.#client, this.#topic, partitions, "earliest");
    const latest = await listOffsets(this.#client, this.#topic, partitions, "latest");
    for (const partition of partitions) {
      const next = this.#next.get(partition) ?? 0;
      const low = earliest.get(partition) ?? next;
      const high = latest.get(partition) ?? next;
      this.#next.set(partition, Math.min(Math.max(next, low), high));
    }
  }

  /** Refreshes at once the first time, and after a pause when that was just done, so that a long outage is not a busy loop. */
  async #refreshSoon(): Promise<void> {
    const pause = Math.max(0, this.#refreshedAt + 200 - Date.now());
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    await this.#refresh();
  }

  #refresh(): Promise<void> {
    this.#refreshing ??= this.#doRefresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #doRefresh(): Promise<void> {
    if (this.#stopped) return;
    try {
      const topic = (await this.#client.metadata([this.#name])).topics.get(this.#name);
      if (topic === undefined) {
        this.#listener.interrupted(`Topic ${this.#name} does not exist.`);
      } else {
        if (topic.id !== this.#topic.id) {
          this.stop();
          this.#listener.replaced();
          return;
        }
        this.#topic = topic;
      }
    } catch (error) {
      this.#listener.interrupted(describeError(error));
    } finally {
      this.#refreshedAt = Date.now();
    }
    this.#poll();
  }
}
