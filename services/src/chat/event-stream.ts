import { EventParser, type StreamEvent } from "./event-parser.js";

/** State of an {@link EventStream}. `refused` is final: another attempt would get the same answer. */
export type StreamState = "connecting" | "open" | "waiting" | "refused" | "closed";

/** Receives the events and states of an {@link EventStream}. */
export interface StreamListener {
  event(event: StreamEvent): void;
  /** `detail` says why, for people; it may be empty. */
  state(state: StreamState, detail: string): void;
}

/** How an {@link EventStream} connects. */
export interface StreamOptions {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The id to begin after, such as another stream's. @default none */
  readonly lastEventId?: string;
  /** Milliseconds without a byte after which the connection counts as dead; servers send heartbeats. @default 45000 */
  readonly silenceMs?: number;
}

const MAX_PAUSE_MS = 10_000;

/**
 * Server-sent events over `fetch`, for browsers and Node.js. It reconnects for ever, resumes after the last id (also one that came before the first
 * event), and can send headers; the browsers' own EventSource does not do all of this.
 */
export class EventStream {
  readonly #options: StreamOptions;
  readonly #listener: StreamListener;
  #lastEventId: string;
  #pauseMs = 1_000;
  #failures = 0;
  #abort = new AbortController();
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(options: StreamOptions, listener: StreamListener) {
    this.#options = options;
    this.#listener = listener;
    this.#lastEventId = options.lastEventId ?? "";
  }

  /** Starts connecting; returns at once. */
  start(): void {
    void this.#run();
  }

  /** Ends the pause between attempts, for example when the network is back. */
  retryNow(): void {
    this.#wake?.();
  }

  /** Ends the connection for good. */
  close(): void {
    this.#closed = true;
    this.#abort.abort();
    this.#wake?.();
  }

  async #run(): Promise<void> {
    while (!this.#isClosed()) {
      this.#listener.state("connecting", "");
      const ended = await this.#connect().catch((error: unknown) => failureOf(error));
      if (this.#isClosed()) break;
      if (ended instanceof RefusedStream) {
        this.#listener.state("refused", ended.message);
        return;
      }
      this.#listener.state("waiting", ended);
      await this.#pause();
    }
    this.#listener.state("closed", "");
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  /** Resolves with the reason when the stream ends. */
  async #connect(): Promise<string | RefusedStream> {
    this.#abort = new AbortController();
    const headers: Record<string, string> = { accept: "text/event-stream", ...this.#options.headers };
    if (this.#lastEventId !== "") headers["last-event-id"] = this.#lastEventId;
    const response = await fetch(this.#options.url, { headers, cache: "no-store", signal: this.#abort.signal });
    if (!response.ok || response.body === null) {
      const said = await response.text();
      const message = `${response.status} ${messageIn(said)}`;
      const final = response.status >= 400 && response.status < 500 && response.status !== 429;
      return final ? new RefusedStream(message) : message;
    }
    this.#failures = 0;
    this.#listener.state("open", "");
    return this.#read(response.body);
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<string> {
    let farewell = "The connection ended.";
    const parser = new EventParser(
      (event) => {
        if (event.type === "dropped" || event.type === "reconnect") farewell = event.data;
        this.#listener.event(event);
      },
      (milliseconds) => {
        this.#pauseMs = milliseconds;
      },
      this.#lastEventId,
    );
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      const { value, done } = await this.#withinSilence(reader.read());
      if (done) return farewell;
      parser.push(decoder.decode(value, { stream: true }));
      this.#lastEventId = parser.lastEventId;
    }
  }

  async #withinSilence<T>(read: Promise<T>): Promise<T> {
    const timer = setTimeout(() => {
      this.#abort.abort(new Error("The server fell silent."));
    }, this.#options.silenceMs ?? 45_000);
    try {
      return await read;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Grows with each failure in a row and is random, so that clients do not all return at once after a restart. */
  async #pause(): Promise<void> {
    const longest = Math.min(this.#pauseMs * 2 ** this.#failures, MAX_PAUSE_MS);
    this.#failures += 1;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, longest * (0.5 + Math.random() / 2));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}

class RefusedStream extends Error {}

/** Why a request failed, for people; `fetch` itself does not say. */
export function failureOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  // A name with several addresses has one failure for each of them.
  const first: unknown = cause instanceof AggregateError ? (cause.errors[0] ?? cause) : cause;
  return first instanceof Error ? first.message : String(first);
}

/** The sentence in a JSON error, or the beginning of any other body. */
export function messageIn(body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    if (typeof message === "string") return message;
  } catch {
    // Not JSON: a proxy's page.
  }
  return body.slice(0, 200).trim();
}
