import type { StreamEvent } from "../src/chat/event-parser.js";
import type { StreamListener, StreamState } from "../src/chat/event-stream.js";

/** The request for a room's stream. Tabs with the same request share it. */
export interface StreamRequest {
  /** The whole address. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** News of a stream, on their way from the tab or worker that has it to the others. */
export type StreamNews =
  | { readonly kind: "event"; readonly event: StreamEvent }
  | { readonly kind: "state"; readonly state: StreamState; readonly detail: string };

/** The name of what tabs with the same request share. */
export function nameOf({ url, headers }: StreamRequest): string {
  return `kchat ${JSON.stringify([url, headers])}`;
}

/** Passes a stream's news to a listener. */
export function tell(listener: StreamListener, news: StreamNews): void {
  if (news.kind === "event") listener.event(news.event);
  else listener.state(news.state, news.detail);
}

/** Messages that a tab sees when it joins an existing stream: as many as on a stream of its own. */
export const HISTORY = 50;

/** A stream's latest news, for tabs that join it. */
export class Replay {
  #events: StreamEvent[] = [];
  #state: StreamNews | undefined;

  /** The id to resume after; empty before the first event. */
  get lastEventId(): string {
    return this.#events.at(-1)?.id ?? "";
  }

  /** All of it, oldest first. */
  get news(): StreamNews[] {
    const events = this.#events.map((event) => ({ kind: "event", event }) as const);
    return this.#state === undefined ? events : [this.#state, ...events];
  }

  add(news: StreamNews): void {
    if (news.kind === "state") this.#state = news;
    else this.#events = [...this.#events, news.event].slice(-HISTORY);
  }
}
