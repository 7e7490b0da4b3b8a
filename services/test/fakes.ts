import { mock } from "node:test";
import pino from "pino";
import { HttpError } from "../src/kchat/http-error.js";
import type { MessageSink } from "../src/kchat/room-writer.js";
import type { Entry } from "../src/kafka/fetch.js";
import type { Position } from "../src/kafka/partition-writer.js";
import { createConsumerApp, type ConsumerApp, type ConsumerAppOptions } from "../src/kconsumer/app.js";
import type { FetchedPage } from "../src/kconsumer/older-pages.js";
import { Positions } from "../src/kconsumer/position.js";
import type { RoomListener, RoomSource } from "../src/kconsumer/room-source.js";
import { createProducerApp, type ProducerAppOptions } from "../src/kproducer/app.js";

/** An in-memory room: its readers get what is written to it. Stands in for a topic of several partitions. */
export class MemoryRoom implements MessageSink {
  readonly entries: Entry[] = [];
  readonly #listeners = new Set<RoomListener>();
  /** Set it to make writing fail. */
  failure: HttpError | undefined;
  tag = "memory";
  /** Entries per read of older messages. */
  pageEntries = 7;

  get bufferedBytes(): number {
    return 0;
  }

  append(_room: string, message: Buffer): Promise<Position> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return Promise.resolve(this.write(message.toString("utf8")));
  }

  write(message: string, partition = 0): Position {
    const offset = this.entries.filter((entry) => entry.partition === partition).length;
    const entry = { partition, offset, timestamp: Date.now(), value: Buffer.from(message) };
    this.entries.push(entry);
    for (const listener of this.#listeners) listener.entries([entry]);
    return { partition, offset };
  }

  /** A replica's view of the room, beginning with the last `history` messages. */
  source(history = 1_000): RoomSource {
    let mine: RoomListener | undefined;
    return {
      partitions: 3,
      ownPartition: 0,
      lag: 0,
      connected: true,
      follow: (listener) => {
        mine = listener;
        const known = this.entries.slice(-history);
        const before = new Positions(this.tag);
        for (const entry of this.entries.slice(0, this.entries.length - known.length)) {
          before.advance(entry.partition, entry.offset);
        }
        listener.opened(before, known);
        this.#listeners.add(listener);
      },
      readPage: (partition, from) => Promise.resolve(this.#page(partition, from)),
      stop: () => {
        if (mine !== undefined) this.#listeners.delete(mine);
      },
    };
  }

  #page(partition: number, from: number): FetchedPage {
    const all = this.entries.filter((entry) => entry.partition === partition && entry.offset >= from);
    const entries = all.slice(0, this.pageEntries);
    return { entries, next: from + entries.length };
  }
}

const silent = pino({ level: "silent" });

/** kproducer on a fake; without other options, everything is allowed. */
export function testProducer(options: Partial<ProducerAppOptions> & Pick<ProducerAppOptions, "sink">) {
  return createProducerApp({
    rooms: ["chatroom"],
    readiness: () => ({ ready: true, reason: "" }),
    maxBodyBytes: 16_384,
    rateLimit: 1_000_000,
    trustProxy: () => false,
    token: undefined,
    logger: silent,
    ...options,
  });
}

/** kconsumer on a fake. */
export function testConsumer(
  options: Partial<ConsumerAppOptions> & Pick<ConsumerAppOptions, "source">,
): Promise<ConsumerApp> {
  return createConsumerApp({
    rooms: ["chatroom"],
    trustProxy: () => false,
    maxBodyBytes: 16_384,
    historyEvents: 1_000,
    historyBytes: 16_777_216,
    maxBacklogBytes: 1_048_576,
    maxReaders: 100,
    maxReadersPerAddress: 100,
    maxResuming: 100,
    heartbeatMs: 60_000,
    producerUrl: undefined,
    rateLimit: 1_000_000,
    pageDirectory: "/nowhere",
    token: undefined,
    logger: silent,
    ...options,
  });
}

/** Stops the clock, but no timers, for the tests of a `describe`: limits per second do not depend on the machine's load then. */
export function stopClock(): void {
  before(() => {
    mock.timers.enable({ apis: ["Date"], now: Date.now() });
  });
  after(() => {
    mock.timers.reset();
  });
}

/** Waits for a condition; an error names it. By default patient enough for a busy machine. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 30_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not within ${timeoutMs} ms: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
