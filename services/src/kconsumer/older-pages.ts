import type { Entry } from "../kafka/fetch.js";
import { messageBody } from "./frames.js";
import { ownBuffer } from "./own-buffer.js";

/** Some records of one partition, as read from Kafka. */
export interface FetchedPage {
  readonly entries: readonly Entry[];
  /** The offset after them; beyond the requested one even when there are none. */
  readonly next: number;
}

/** Reads some records of a partition, from an offset on. */
export type ReadPage = (partition: number, from: number) => Promise<FetchedPage>;

/** An older message as it is sent: everything of the event but its id. */
export interface OlderEvent {
  readonly offset: number;
  readonly body: Buffer;
}

/** Consecutive older messages of one partition. */
export interface OlderPage {
  readonly partition: number;
  readonly from: number;
  /** The offset after the last one. */
  readonly next: number;
  readonly events: readonly OlderEvent[];
  readonly bytes: number;
}

/** Bytes of pages in the cache. */
const CACHE_BYTES = 4 * 1_048_576;

/**
 * Messages that are no longer in a room's log, read for all its readers together. One read from Kafka is pending at a time, in the order of the
 * requests, and recent pages are cached for all. A thousand readers that resume at the same place cost one read.
 */
export class OlderPages {
  readonly #read: ReadPage;
  /** In order of use, the latest last. */
  readonly #pages = new Set<OlderPage>();
  #bytes = 0;
  #reading: Promise<unknown> = Promise.resolve();

  constructor(read: ReadPage) {
    this.#read = read;
  }

  /**
   * The page of `partition` that contains `offset`.
   *
   * @param isWanted - called when it is the caller's turn to read from Kafka; a reader that has left costs nothing
   * @returns undefined when the page was no longer wanted
   * @throws when the page could not be read.
   */
  async page(partition: number, offset: number, isWanted: () => boolean): Promise<OlderPage | undefined> {
    const known = this.#find(partition, offset);
    if (known !== undefined) return known;
    const reading = this.#reading.then(async () => {
      if (!isWanted()) return undefined;
      return (
        this.#find(partition, offset) ?? this.#keep(toPage(partition, offset, await this.#read(partition, offset)))
      );
    });
    this.#reading = reading.catch(() => undefined);
    return reading;
  }

  /** Clears the cache, because the topic was recreated. */
  clear(): void {
    this.#pages.clear();
    this.#bytes = 0;
  }

  #find(partition: number, offset: number): OlderPage | undefined {
    for (const page of this.#pages) {
      if (page.partition !== partition || offset < page.from || offset >= page.next) continue;
      this.#pages.delete(page);
      this.#pages.add(page);
      return page;
    }
    return undefined;
  }

  #keep(page: OlderPage): OlderPage {
    this.#pages.add(page);
    this.#bytes += page.bytes;
    for (const oldest of this.#pages) {
      if (this.#bytes <= CACHE_BYTES || oldest === page) break;
      this.#pages.delete(oldest);
      this.#bytes -= oldest.bytes;
    }
    return page;
  }
}

/** Copies the bodies: a record's value would keep the broker's whole answer in memory. */
function toPage(partition: number, from: number, { entries, next }: FetchedPage): OlderPage {
  const events = entries.map(({ offset, value }) => ({ offset, body: ownBuffer(messageBody(value)) }));
  return { partition, from, next, events, bytes: events.reduce((sum, { body }) => sum + body.length + 128, 0) };
}
