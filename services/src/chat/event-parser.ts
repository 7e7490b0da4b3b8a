/** A message of an event stream. */
export interface StreamEvent {
  readonly type: string;
  readonly data: string;
  /** The id to resume after: the last one seen, which may be an earlier event's. */
  readonly id: string;
}

/** Parses `text/event-stream` as in the HTML standard, from chunks cut anywhere. */
export class EventParser {
  readonly #onEvent: (event: StreamEvent) => void;
  readonly #onRetry: (milliseconds: number) => void;
  #rest = "";
  #type = "";
  #data: string[] = [];
  #id: string;
  #lastEventId: string;

  constructor(onEvent: (event: StreamEvent) => void, onRetry: (milliseconds: number) => void, lastEventId = "") {
    this.#onEvent = onEvent;
    this.#onRetry = onRetry;
    this.#id = lastEventId;
    this.#lastEventId = lastEventId;
  }

  /**
   * The id to resume after. An id without data counts too: it says where a stream began. The id of an event that was cut off does not, because
   * resuming after it would miss the event.
   */
  get lastEventId(): string {
    return this.#lastEventId;
  }

  push(chunk: string): void {
    // A carriage return at the end may be half of a line break, so it waits for the next chunk.
    const text = this.#rest + chunk;
    const end = text.endsWith("\r") ? text.length - 1 : text.length;
    const lines = text.slice(0, end).split(/\r\n|\r|\n/);
    this.#rest = (lines.pop() ?? "") + text.slice(end);
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    if (line === "") {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.#data.push(value);
    else if (field === "event") this.#type = value;
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.#onRetry(Number(value));
  }

  #dispatch(): void {
    const event = { type: this.#type === "" ? "message" : this.#type, data: this.#data.join("\n"), id: this.#id };
    const isEmpty = this.#data.length === 0;
    this.#type = "";
    this.#data = [];
    this.#lastEventId = this.#id;
    if (!isEmpty) this.#onEvent(event);
  }
}
