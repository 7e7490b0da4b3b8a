import { EventParser } from "../src/chat/event-parser.js";

/** Milliseconds between a writer's messages, and between a client's attempts. */
const PAUSE_MS = 30;

const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

/** The services' answer to a message. */
interface Acknowledgement {
  readonly offset: number;
}

/** A client that writes one message after the other. It writes an unacknowledged one again as another message, so that each has one fate. */
export class Writer {
  readonly acknowledged: { readonly message: string; readonly offset: number }[] = [];
  /** Messages whose fate is unknown. */
  failed = 0;
  readonly #name: string;
  readonly #url: string;

  /** @param url - the service that accepts messages, without a path */
  constructor(name: string, url: string) {
    this.#name = name;
    this.#url = url;
  }

  /** Writes until `count` messages are acknowledged. */
  async write(count: number): Promise<void> {
    for (let attempt = 0; this.acknowledged.length < count; attempt += 1) {
      const message = `${this.#name}: ${attempt}`;
      const answer = await this.#post(message).catch(() => undefined);
      if (answer === undefined) this.failed += 1;
      else this.acknowledged.push({ message, offset: answer.offset });
      await pause();
    }
  }

  async #post(message: string): Promise<Acknowledgement | undefined> {
    const response = await fetch(`${this.#url}/api/topics/chatroom`, {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: message,
    });
    const answer: unknown = await response.json();
    return response.ok ? (answer as Acknowledgement) : undefined;
  }
}

/** A client that reads from one replica after the other, whenever its stream ends. */
export class ResumingReader {
  readonly messages: string[] = [];
  /** The number of streams so far. */
  connections = 0;
  lastEventId: string;
  readonly #urls: readonly string[];
  readonly #leave = new AbortController();

  /** @param urls - the replicas, in the order of attempts */
  constructor(urls: readonly string[], lastEventId = "") {
    this.#urls = urls;
    this.lastEventId = lastEventId;
    void this.#run();
  }

  close(): void {
    this.#leave.abort();
  }

  async #run(): Promise<void> {
    for (let attempt = 0; !this.#leave.signal.aborted; attempt += 1) {
      const url = this.#urls[attempt % this.#urls.length] ?? "";
      await this.#read(url).catch(() => undefined);
      await pause();
    }
  }

  async #read(url: string): Promise<void> {
    const headers: Record<string, string> = { accept: "text/event-stream" };
    if (this.lastEventId !== "") headers["last-event-id"] = this.lastEventId;
    const response = await fetch(`${url}/sse/connect`, { headers, signal: this.#leave.signal });
    if (!response.ok || response.body === null) return;
    this.connections += 1;
    const parser = new EventParser(
      ({ type, data }) => {
        if (type === "test") this.messages.push(data);
      },
      () => undefined,
      this.lastEventId,
    );
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      parser.push(decoder.decode(chunk, { stream: true }));
      this.lastEventId = parser.lastEventId;
    }
  }
}
