import { connect as connectTcp, type Socket } from "node:net";
import { EventParser, type StreamEvent } from "../src/chat/event-parser.js";
import { until } from "./fakes.js";

/** A minimal reader of an event stream; asks for one by name unless `headers` say otherwise. */
export class StreamReader {
  readonly events: StreamEvent[] = [];
  readonly socket: Socket;
  /** The beginning of the received text. */
  raw = "";
  ended = false;
  readonly #parser = new EventParser(
    (event) => this.events.push(event),
    () => undefined,
  );

  constructor(port: number, query = "", headers: Readonly<Record<string, string>> = {}) {
    const lines = Object.entries({ Accept: "text/event-stream", ...headers }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    this.socket = connectTcp(port, "127.0.0.1");
    this.socket.write(`GET /sse/connect${query} HTTP/1.1\r\nHost: test\r\n${lines.join("")}\r\n`);
    let inBody = false;
    this.socket.setEncoding("utf8");
    this.socket.on("data", (chunk: string) => {
      if (this.raw.length < 65_536) this.raw += chunk;
      if (inBody) this.#parser.push(chunk);
      const bodyAt = this.raw.indexOf("\r\n\r\n") + 4;
      if (inBody || bodyAt < 4) return;
      inBody = true;
      this.#parser.push(this.raw.slice(bodyAt));
    });
    this.socket.on("end", () => {
      this.ended = true;
    });
    this.socket.on("error", () => {
      this.ended = true;
    });
  }

  get head(): string {
    return this.raw.split("\r\n\r\n")[0] ?? "";
  }

  get lastEventId(): string {
    return this.#parser.lastEventId;
  }

  get messages(): string[] {
    return this.events.filter(({ type }) => type === "test").map(({ data }) => data);
  }

  async has(count: number): Promise<string[]> {
    await until(`${count} messages`, () => this.messages.length >= count);
    return this.messages;
  }

  close(): void {
    this.socket.destroy();
  }
}
