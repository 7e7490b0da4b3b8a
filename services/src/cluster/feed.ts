import { describeError } from "../kafka/errors.js";
import type { Groups, Known, PageEvent, Parts, Snapshot, TopicRow } from "./snapshot.js";

/** What a {@link Feed} needs. */
export interface FeedOptions {
  /** Asks Kafka. It must end, at the latest when its own requests do. */
  readonly ask: () => Promise<Snapshot>;
  /** The groups as of the last measurement. */
  readonly groups: () => Known<Groups>;
  /** From the end of a question to the next, in ms. */
  readonly pauseMs: number;
  /** How long an answer may take before the viewers are told that Kafka does not answer, in ms. */
  readonly patienceMs: number;
}

/**
 * Asks Kafka again and again while somebody looks, once for all viewers, and tells each what changed. Without viewers it asks nothing and knows nothing, so
 * that nobody is shown what was known before.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #viewers = new Set<(event: string) => void>();
  /** What the viewers know; undefined while that is nothing. */
  #known: Told | undefined;
  #silence: { readonly since: number; readonly why: string } | undefined;
  #runs = false;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** How many look. */
  get viewers(): number {
    return this.#viewers.size;
  }

  /**
   * Adds a viewer.
   *
   * @param tell - receives JSON of {@link PageEvent}s
   * @returns the function that removes the viewer
   */
  join(tell: (event: string) => void): () => void {
    this.#viewers.add(tell);
    if (this.#silence) tell(this.#unanswered(this.#silence));
    else if (this.#known) tell(everything(this.#known));
    if (!this.#runs) void this.#run();
    return () => {
      this.#viewers.delete(tell);
      if (this.#viewers.size === 0) this.#wake?.();
    };
  }

  /** Asks no more. */
  close(): void {
    this.#closed = true;
    this.#viewers.clear();
    this.#wake?.();
  }

  async #run(): Promise<void> {
    this.#runs = true;
    while (this.#viewers.size > 0 && !this.#closed) {
      const slow = setTimeout(() => {
        this.#silent(`It has not answered for ${this.#options.patienceMs / 1_000} s.`);
      }, this.#options.patienceMs);
      try {
        const snapshot = await this.#options.ask();
        clearTimeout(slow);
        this.#publish(snapshot);
      } catch (error) {
        clearTimeout(slow);
        this.#silent(describeError(error));
      }
      await this.#pause();
    }
    this.#known = this.#silence = undefined;
    this.#runs = false;
    // Somebody may have come while nobody asked any more.
    if (this.#viewers.size > 0) void this.#run();
  }

  #publish({ topics, ...cluster }: Snapshot): void {
    const before = this.#known;
    const parts: Parts = { ...cluster, groups: this.#options.groups() };
    const now: Told = {
      parts,
      topics: new Map(topics.map((topic) => [topic.name, JSON.stringify(topic)])),
      at: Date.now(),
    };
    this.#known = now;
    this.#silence = undefined;
    this.#tell(before === undefined ? everything(now) : changes(before, now));
  }

  /** What was known is no longer: it may be wrong by now. */
  #silent(why: string): void {
    this.#known = undefined;
    this.#silence = { since: this.#silence?.since ?? Date.now(), why };
    this.#tell(this.#unanswered(this.#silence));
  }

  #unanswered(silence: { readonly since: number; readonly why: string }): string {
    return JSON.stringify({ answers: false, at: Date.now(), ...silence } satisfies PageEvent);
  }

  #tell(event: string): void {
    for (const tell of this.#viewers) tell(event);
  }

  async #pause(): Promise<void> {
    if (this.#viewers.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#options.pauseMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}

/** What the viewers were told. */
interface Told {
  readonly parts: Parts;
  /** Rows as JSON, by name. */
  readonly topics: ReadonlyMap<string, string>;
  readonly at: number;
}

const rowsOf = (rows: Iterable<string>) => [...rows].map((row) => JSON.parse(row) as TopicRow);

const everything = ({ parts, topics, at }: Told): string =>
  JSON.stringify({
    answers: true,
    at,
    full: true,
    parts,
    topics: rowsOf(topics.values()),
    gone: [],
  } satisfies PageEvent);

function changes(before: Told, { parts, topics, at }: Told): string {
  const changed = Object.entries(parts).filter(
    ([name, part]) => JSON.stringify(part) !== JSON.stringify(before.parts[name as keyof Parts]),
  );
  return JSON.stringify({
    answers: true,
    at,
    full: false,
    parts: Object.fromEntries(changed),
    topics: rowsOf([...topics].filter(([name, row]) => before.topics.get(name) !== row).map(([, row]) => row)),
    gone: [...before.topics.keys()].filter((name) => !topics.has(name)),
  } satisfies PageEvent);
}
