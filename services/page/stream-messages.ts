import type { StreamEvent } from "../src/chat/event-parser.js";
import type { StreamListener, StreamState } from "../src/chat/event-stream.js";

/** How a room's stream is asked for. Tabs that ask for the same share it. */
export interface StreamRequest {
  /** The whole address. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a stream brought, on its way from the tab or worker that has it to the others. */
export type StreamNews =
  | { readonly kind: "event"; readonly event: StreamEvent }
  | { readonly kind: "state"; readonly state: StreamState; readonly detail: string };

/** The name of what tabs share that ask for the same. */
export function nameOf({ url, headers }: StreamRequest): string {
  return `kchat ${JSON.stringify([url, headers])}`;
}

/** Tells a listener what a stream brought. */
export function tell(listener: StreamListener, news: StreamNews): void {
  if (news.kind === "event") listener.event(news.event);
  else listener.state(news.state, news.detail);
}

/** Messages that a tab gets to see when it joins a stream that others have already: as many as it would be sent on a stream of its own. */
export const HISTORY = 50;

/** What a stream brought lately, for those who join it. */
export class Replay {
  #events: StreamEvent[] = [];
  #state: StreamNews | undefined;

  /** The id to go on after; empty before the first event. */
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
