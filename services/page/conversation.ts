import { fromMessage, toMessage } from "../src/chat/publish.js";

/** State of a message. Those of others are always `shown`. */
export type MessageStatus = "sending" | "shown" | "failed";

/** A message as the page shows it. */
export interface ShownMessage {
  readonly key: number;
  readonly name: string | undefined;
  readonly text: string;
  readonly own: boolean;
  readonly status: MessageStatus;
  /** Why it was not sent. */
  readonly problem: string;
  /** The first message that arrived while nobody was looking. */
  readonly firstUnread: boolean;
}

/** Messages kept on the page; older ones are dropped. */
const MAX_MESSAGES = 500;

/**
 * The messages of a room as a person sees them: in the room's order; own ones at once, until the room's copy replaces them. Independent of the page's
 * elements, so that tests need no page.
 */
export class Conversation {
  #messages: ShownMessage[] = [];
  #nextKey = 1;
  #unread = 0;

  get messages(): readonly ShownMessage[] {
    return this.#messages;
  }

  /** The number of messages that arrived while nobody was looking. */
  get unread(): number {
    return this.#unread;
  }

  /** Adds a message of the room. `looking` is whether the person sees the end of the conversation now. */
  received(data: string, looking: boolean): void {
    const { name, text } = fromMessage(data);
    const echoed = this.#messages.findIndex(
      (message) => message.own && message.status !== "shown" && toMessage(message.name ?? "", message.text) === data,
    );
    const waiting = echoed < 0 ? undefined : this.#messages.splice(echoed, 1)[0];
    const isUnread = waiting === undefined && !looking;
    const shown: ShownMessage = {
      key: waiting?.key ?? this.#nextKey++,
      name,
      text,
      own: waiting !== undefined,
      status: "shown",
      problem: "",
      firstUnread: isUnread && this.#unread === 0,
    };
    if (isUnread) this.#unread += 1;
    // Messages that are being sent stay at the end: their place in the room's order is not known yet.
    const at = this.#messages.findIndex((message) => message.status !== "shown");
    this.#messages.splice(at < 0 ? this.#messages.length : at, 0, shown);
    this.#messages = this.#messages.slice(-MAX_MESSAGES);
  }

  /** Adds an own message that is on its way; returns its key. */
  sending(name: string, text: string): number {
    const key = this.#nextKey++;
    this.#messages.push({ key, name, text, own: true, status: "sending", problem: "", firstUnread: false });
    return key;
  }

  /** Marks a message that did not get into the room. */
  failed(key: number, problem: string): void {
    this.#change(key, { status: "failed", problem });
  }

  /** Removes and returns a failed message, to be sent again. */
  takeFailed(key: number): ShownMessage | undefined {
    const at = this.#messages.findIndex((message) => message.key === key && message.status === "failed");
    return at < 0 ? undefined : this.#messages.splice(at, 1)[0];
  }

  /** The person has seen everything; the mark stays until the next unseen message. */
  seen(): void {
    this.#unread = 0;
  }

  /** Removes the mark of unread messages. */
  unmark(): void {
    this.#messages = this.#messages.map((message) =>
      message.firstUnread ? { ...message, firstUnread: false } : message,
    );
  }

  /** Clears it for another room. */
  clear(): void {
    this.#messages = [];
    this.#unread = 0;
  }

  #change(key: number, change: Partial<ShownMessage>): void {
    this.#messages = this.#messages.map((message) => (message.key === key ? { ...message, ...change } : message));
  }
}
