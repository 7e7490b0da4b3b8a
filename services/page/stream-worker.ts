/**
 * Runs once for all tabs of a browser, with one event stream for each room that one of them shows, because a browser opens at most six connections to
 * a service.
 */
import { EventStream } from "../src/chat/event-stream.js";
import { nameOf, Replay, type StreamNews, type StreamRequest } from "./stream-messages.js";

/** A tab's message: which stream it wants, that the network is back, or that it leaves. */
export type TabMessage =
  { readonly kind: "join"; readonly request: StreamRequest } | { readonly kind: "retry" } | { readonly kind: "leave" };

/** A stream and its tabs. */
class SharedStream {
  readonly stream: EventStream;
  readonly ports = new Set<MessagePort>();
  readonly #replay = new Replay();

  constructor(request: StreamRequest, onRefused: () => void) {
    this.stream = new EventStream(request, {
      event: (event) => {
        this.#pass({ kind: "event", event });
      },
      state: (state, detail) => {
        this.#pass({ kind: "state", state, detail });
        if (state === "refused") onRefused();
      },
    });
    this.stream.start();
  }

  join(port: MessagePort): void {
    for (const news of this.#replay.news) port.postMessage(news);
    this.ports.add(port);
  }

  #pass(news: StreamNews): void {
    this.#replay.add(news);
    for (const port of this.ports) port.postMessage(news);
  }
}

const streams = new Map<string, SharedStream>();

function streamFor(request: StreamRequest): SharedStream {
  const name = nameOf(request);
  const present = streams.get(name);
  if (present !== undefined) return present;
  // The next tab asks again for a refused stream.
  const made = new SharedStream(request, () => streams.delete(name));
  streams.set(name, made);
  return made;
}

function leave(port: MessagePort): void {
  for (const [name, shared] of streams) {
    if (!shared.ports.delete(port) || shared.ports.size > 0) continue;
    shared.stream.close();
    streams.delete(name);
  }
}

addEventListener("connect", (event) => {
  const [port] = (event as MessageEvent).ports;
  if (port === undefined) return;
  port.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    if (data.kind === "join") streamFor(data.request).join(port);
    else if (data.kind === "retry") for (const { stream } of streams.values()) stream.retryNow();
    else leave(port);
  };
});
