import type { Entry } from "../kafka/fetch.js";
import { messageBody } from "./frames.js";
import { ownBuffer } from "./own-buffer.js";

/** Some records of one partition, as they were read from Kafka. */
export interface FetchedPage {
  readonly entries: readonly Entry[];
  /** The offset after them; beyond the one that was asked for also when there are none. */
  readonly next: number;
}

/** Reads the records of a partition from an offset on, some of them at a time. */
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

/** Bytes of pages that are kept for others who need them too. */
const CACHE_BYTES = 4 * 1_048_576;

/**
 * What is no longer in a room's log, read for all of its readers together: one read from Kafka is under way at a time, in the order in which they were asked for,
 * and what was read lately is kept for all. A thousand readers that come back to the same place cost one read.
 */
export class OlderPages {
  readonly #read: ReadPage;
  /** Those used last are last. */
  readonly #pages = new Set<OlderPage>();
  #bytes = 0;
  #reading: Promise<unknown> = Promise.resolve();

  constructor(read: ReadPage) {
    this.#read = read;
  }

  /**
   * The page of `partition` that `offset` lies in.
   *
   * @param isWanted - asked when it is the caller's turn to read from Kafka; whoever has left meanwhile costs nothing
   * @returns undefined when the page was no longer wanted
   * @throws when it could not be read.
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

  /** Forgets everything: the topic was made anew. */
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

/** Bodies in memory of their own: a record's value would keep the broker's whole answer. */
function toPage(partition: number, from: number, { entries, next }: FetchedPage): OlderPage {
  const events = entries.map(({ offset, value }) => ({ offset, body: ownBuffer(messageBody(value)) }));
  return { partition, from, next, events, bytes: events.reduce((sum, { body }) => sum + body.length + 128, 0) };
}
