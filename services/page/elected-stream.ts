import { EventStream, type StreamListener } from "../src/chat/event-stream.js";
import type { RoomStream } from "./room-stream.js";
import { nameOf, Replay, type StreamNews, type StreamRequest, tell } from "./stream-messages.js";

/** Messages between tabs: a new tab's greeting, the past (for a new tab, or for all that do not know it yet), and news. */
type TabMessage =
  | { readonly kind: "hello" }
  | { readonly kind: "welcome"; readonly news: readonly StreamNews[] }
  | { readonly kind: "news"; readonly news: StreamNews };

/**
 * A stream that one tab has for all: the tab that holds a lock. The next tab gets the lock when that one is closed or crashes. The tab passes on what
 * arrives, and every tab remembers the latest of it, so that the next one resumes where the last one was.
 */
export class ElectedStream implements RoomStream {
  readonly #request: StreamRequest;
  readonly #listener: StreamListener;
  readonly #channel: BroadcastChannel;
  readonly #closing = new AbortController();
  readonly #replay = new Replay();
  /** This tab's own stream, while it holds the lock. */
  #stream: EventStream | undefined;
  /** Whether this tab knows the past. */
  #isInformed = false;

  constructor(request: StreamRequest, listener: StreamListener) {
    this.#request = request;
    this.#listener = listener;
    const name = nameOf(request);
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
      this.#hear(data);
    };
    listener.state("connecting", "");
    this.#say({ kind: "hello" });
    navigator.locks
      .request(name, { signal: this.#closing.signal }, () => this.#lead())
      .catch(() => {
        // Closed before it got the lock.
      });
  }

  retryNow(): void {
    this.#stream?.retryNow();
  }

  close(): void {
    this.#stream?.close();
    this.#closing.abort();
    this.#channel.close();
  }

  /** Has the stream until the tab is closed. */
  #lead(): Promise<void> {
    this.#isInformed = true;
    // For tabs whose greeting nobody heard, because nobody had the stream yet.
    this.#say({ kind: "welcome", news: this.#replay.news });
    const pass = (news: StreamNews) => {
      if (this.#closing.signal.aborted) return;
      this.#take(news);
      this.#say({ kind: "news", news });
    };
    this.#stream = new EventStream(
      { ...this.#request, lastEventId: this.#replay.lastEventId },
      {
        event: (event) => {
          pass({ kind: "event", event });
        },
        state: (state, detail) => {
          pass({ kind: "state", state, detail });
        },
      },
    );
    this.#stream.start();
    return new Promise((resolve) => {
      this.#closing.signal.addEventListener("abort", () => {
        resolve();
      });
    });
  }

  #hear(message: TabMessage): void {
    if (message.kind === "hello") {
      if (this.#stream !== undefined) this.#say({ kind: "welcome", news: this.#replay.news });
    } else if (message.kind === "news") {
      if (this.#isInformed) this.#take(message.news);
    } else if (!this.#isInformed) {
      this.#isInformed = true;
      for (const news of message.news) this.#take(news);
    }
  }

  #take(news: StreamNews): void {
    this.#replay.add(news);
    tell(this.#listener, news);
  }

  #say(message: TabMessage): void {
    this.#channel.postMessage(message);
  }
}
