import { type KafkaClient, type TopicView } from "../kafka/client.js";
import { describeError } from "../kafka/errors.js";
import { type Entry, fetchPartitions, listOffsets } from "../kafka/fetch.js";
import { TopicTail } from "../kafka/topic-tail.js";
import { partitionOf } from "../kchat/rooms.js";
import type { FetchedPage } from "./older-pages.js";
import { Positions, topicTag } from "./position.js";

/** Receives the messages of a {@link RoomSource}. */
export interface RoomListener {
  /** The room's latest messages, oldest first, and the position before them. Called again when the topic was deleted and recreated. */
  opened(from: Positions, entries: readonly Entry[]): void;
  /** New messages. */
  entries(entries: readonly Entry[]): void;
  /** Reading failed; the source retries by itself. */
  interrupted(reason: string): void;
}

/** Where a room's messages come from. The services use Kafka only through this, so tests need no Kafka. */
export interface RoomSource {
  follow(listener: RoomListener): void;
  /**
   * Reads a page of older messages of one partition, from an offset on.
   *
   * @throws when they cannot be read at the moment.
   */
  readPage(partition: number, from: number): Promise<FetchedPage>;
  /** The number of the topic's partitions; 0 before it is known. */
  readonly partitions: number;
  /** The partition of the room's messages; others contain what was written without kproducer. */
  readonly ownPartition: number;
  /** Messages in Kafka that were not delivered yet. */
  readonly lag: number;
  /** True while every partition is being read. */
  readonly connected: boolean;
  stop(): void;
}

/** Bytes of older messages per read; a single larger record is still read. */
const PAGE_BYTES = 262_144;

/** A room in Kafka: every partition of one topic, read without a consumer group. */
export class KafkaRoomSource implements RoomSource {
  readonly #client: KafkaClient;
  readonly #olderClient: KafkaClient;
  readonly #room: string;
  readonly #history: number;
  #topic: TopicView | undefined;
  #tail: TopicTail | undefined;
  #stopped = false;

  /**
   * @param client - for new messages
   * @param olderClient - for older messages: brokers answer a connection's requests in order, and resuming readers must not hold up new messages
   * @param history - the number of messages to begin with
   */
  constructor(client: KafkaClient, olderClient: KafkaClient, room: string, history: number) {
    this.#client = client;
    this.#olderClient = olderClient;
    this.#room = room;
    this.#history = history;
  }

  get lag(): number {
    return this.#tail?.lag ?? 0;
  }

  get connected(): boolean {
    return this.#tail?.connected ?? false;
  }

  get partitions(): number {
    return this.#tail?.partitions ?? 0;
  }

  get ownPartition(): number {
    return this.partitions === 0 ? -1 : partitionOf(this.#room, this.partitions);
  }

  follow(listener: RoomListener): void {
    void this.#open(listener);
  }

  stop(): void {
    this.#stopped = true;
    this.#tail?.stop();
  }

  async readPage(partition: number, from: number): Promise<FetchedPage> {
    const topic = this.#topic;
    if (topic === undefined) throw new Error(`Topic ${this.#room} is not known yet.`);
    try {
      return await this.#fetchPage(topic, partition, from);
    } catch {
      // There may be another leader by now.
      await this.#olderClient.metadata([this.#room]);
      return this.#fetchPage(topic, partition, from);
    }
  }

  async #fetchPage(topic: TopicView, partition: number, from: number): Promise<FetchedPage> {
    const cluster = this.#olderClient.lastSeen ?? (await this.#olderClient.metadata([this.#room]));
    const seen = cluster.topics.get(this.#room);
    const leader = seen?.partitions[partition]?.leader ?? -1;
    const [page] = await fetchPartitions(this.#olderClient, leader, topic, new Map([[partition, from]]), {
      maxWaitMs: 100,
      maxBytes: PAGE_BYTES,
    });
    if (page?.error === "OFFSET_OUT_OF_RANGE") {
      const earliest = await listOffsets(this.#olderClient, seen ?? topic, [partition], "earliest");
      const next = earliest.get(partition) ?? 0;
      // Retention removed the records before.
      if (next > from) return { entries: [], next };
    }
    if (page?.error !== undefined) throw new Error(`Reading ${this.#room}-${partition} failed: ${page.error}.`);
    // Right after a leader change the new leader may not expose all records yet. Going on without them would lose them.
    if (page === undefined || page.next === from) throw new Error(`${this.#room}-${partition} stops at ${from}.`);
    return page;
  }

  async #open(listener: RoomListener): Promise<void> {
    while (!this.#stopped) {
      try {
        const topic = (await this.#client.metadata([this.#room])).topics.get(this.#room);
        if (topic === undefined) throw new Error(`Topic ${this.#room} does not exist.`);
        await this.#openTopic(topic, listener);
        return;
      } catch (error) {
        listener.interrupted(describeError(error));
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  }

  async #openTopic(topic: TopicView, listener: RoomListener): Promise<void> {
    const partitions = topic.partitions.map(({ index }) => index);
    const [earliest, latest] = await Promise.all([
      listOffsets(this.#client, topic, partitions, "earliest"),
      listOffsets(this.#client, topic, partitions, "latest"),
    ]);
    const from = this.#beginnings(earliest, latest);
    let loading: Entry[] | undefined = [];
    const tail = new TopicTail(this.#client, topic, from, {
      entries: (entries) => {
        if (loading === undefined) listener.entries(entries);
        else loading.push(...entries);
        finishLoading();
      },
      interrupted: (reason) => {
        listener.interrupted(reason);
      },
      replaced: () => {
        void this.#open(listener);
      },
    });
    const finishLoading = () => {
      if (loading === undefined) return;
      for (const [partition, end] of latest) if ((tail.positions.get(partition) ?? 0) < end) return;
      const entries = mergeByTime(loading);
      loading = undefined;
      listener.opened(new Positions(topicTag(topic.id), from), entries);
    };
    this.#topic = topic;
    this.#tail = tail;
    finishLoading();
    tail.start();
  }

  /**
   * Where to begin: at the latest messages of the room's own partition, and at as many of all others together, so that a topic of any size can be
   * loaded.
   */
  #beginnings(earliest: ReadonlyMap<number, number>, latest: ReadonlyMap<number, number>): Map<number, number> {
    const own = partitionOf(this.#room, latest.size);
    const others = [...latest].filter(([partition, end]) => partition !== own && end > (earliest.get(partition) ?? 0));
    const share = Math.ceil(this.#history / Math.max(1, others.length));
    return new Map(
      [...latest].map(([partition, end]) => {
        const wanted = end - (partition === own ? this.#history : share);
        return [partition, Math.max(earliest.get(partition) ?? 0, wanted)];
      }),
    );
  }
}

/** Merges several partitions by time, and never against a partition's own order. */
export function mergeByTime(entries: readonly Entry[]): Entry[] {
  const queues = [...Map.groupBy(entries, (entry) => entry.partition).values()].map((list) => ({ list, at: 0 }));
  if (queues.length === 1) return [...entries];
  const merged: Entry[] = [];
  for (;;) {
    let earliest: { list: Entry[]; at: number } | undefined;
    for (const queue of queues) {
      const entry = queue.list[queue.at];
      if (entry === undefined) continue;
      const best = earliest?.list[earliest.at];
      if (best === undefined || entry.timestamp < best.timestamp) earliest = queue;
    }
    const entry = earliest?.list[earliest.at];
    if (earliest === undefined || entry === undefined) return merged;
    merged.push(entry);
    earliest.at += 1;
  }
}
