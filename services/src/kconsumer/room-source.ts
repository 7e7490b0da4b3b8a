import { type KafkaClient, type TopicView } from "../kafka/client.js";
import { describeError } from "../kafka/errors.js";
import { type Entry, fetchPartitions, listOffsets } from "../kafka/fetch.js";
import { TopicTail } from "../kafka/topic-tail.js";
import { Positions, topicTag } from "./position.js";

/** What a {@link RoomSource} reports to. */
export interface RoomListener {
  /** The room's latest messages, oldest first, and the position before them. Called again when the topic was deleted and made again. */
  opened(from: Positions, entries: readonly Entry[]): void;
  /** Messages as they come. */
  entries(entries: readonly Entry[]): void;
  /** Reading is interrupted; it goes on by itself. */
  interrupted(reason: string): void;
}

/** Where a room's messages come from. The services know Kafka only through this, so tests need no Kafka. */
export interface RoomSource {
  follow(listener: RoomListener): void;
  /** Older messages, oldest first of each partition: those from `from` on and before `until`. */
  readBack(from: Positions, until: Positions): AsyncIterable<readonly Entry[]>;
  /** Messages in Kafka that were not reported yet. */
  readonly lag: number;
  /** True when every partition is being read. */
  readonly connected: boolean;
  stop(): void;
}

/** A room in Kafka: every partition of one topic, read without a consumer group. */
export class KafkaRoomSource implements RoomSource {
  readonly #client: KafkaClient;
  readonly #room: string;
  readonly #history: number;
  #topic: TopicView | undefined;
  #tail: TopicTail | undefined;
  #stopped = false;

  /** @param history - messages of each partition to begin with */
  constructor(client: KafkaClient, room: string, history: number) {
    this.#client = client;
    this.#room = room;
    this.#history = history;
  }

  get lag(): number {
    return this.#tail?.lag ?? 0;
  }

  get connected(): boolean {
    return this.#tail?.connected ?? false;
  }

  follow(listener: RoomListener): void {
    void this.#open(listener);
  }

  stop(): void {
    this.#stopped = true;
    this.#tail?.stop();
  }

  async *readBack(from: Positions, until: Positions): AsyncIterable<readonly Entry[]> {
    const topic = this.#topic;
    if (topic === undefined) return;
    const partitions = topic.partitions
      .map(({ index }) => index)
      .filter((index) => from.next(index) < until.next(index));
    const earliest = await listOffsets(this.#client, topic, partitions, "earliest");
    for (const partition of partitions) {
      let next = Math.max(from.next(partition), earliest.get(partition) ?? 0);
      while (next < until.next(partition)) {
        const leader = this.#client.lastSeen?.topics.get(this.#room)?.partitions[partition]?.leader ?? -1;
        const [page] = await fetchPartitions(this.#client, leader, topic, new Map([[partition, next]]), {
          maxWaitMs: 100,
          maxBytes: 262_144,
        });
        if (page?.error !== undefined) throw new Error(`Reading ${this.#room}-${partition} failed: ${page.error}.`);
        // Just after a leader change the new leader may not show all of it yet. To go on without it would be to lose it.
        if (page === undefined || page.next === next) throw new Error(`${this.#room}-${partition} stops at ${next}.`);
        next = page.next;
        yield page.entries.filter((entry) => entry.offset < until.next(partition));
      }
    }
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
    const from = new Map(
      [...latest].map(([partition, end]) => [partition, Math.max(earliest.get(partition) ?? 0, end - this.#history)]),
    );
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
}

/** One order out of several partitions' orders: by time, and never against a partition's own order. */
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
