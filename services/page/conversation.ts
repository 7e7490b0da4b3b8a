import { fromMessage, toMessage } from "../src/chat/publish.js";

/** Where a message stands. Those of others are always `shown`. */
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
  /** The first of those that came while nobody was looking. */
  readonly firstUnread: boolean;
}

/** Messages kept on the page; older ones are let go. */
const MAX_MESSAGES = 500;

/**
 * The messages of a room as a person sees them: in the room's order, own ones at once and replaced by what comes back from the room. Holds no
 * elements of the page, so that it can be tested without one.
 */
export class Conversation {
  #messages: ShownMessage[] = [];
  #nextKey = 1;
  #unread = 0;

  get messages(): readonly ShownMessage[] {
    return this.#messages;
  }

  /** How many messages came while nobody was looking. */
  get unread(): number {
    return this.#unread;
  }

  /** A message of the room. `looking` is whether the person sees the end of the conversation now. */
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
    // What is still being sent stays at the end: its place in the room's order is not known yet.
    const at = this.#messages.findIndex((message) => message.status !== "shown");
    this.#messages.splice(at < 0 ? this.#messages.length : at, 0, shown);
    this.#messages = this.#messages.slice(-MAX_MESSAGES);
  }

  /** An own message that is on its way; returns its key. */
  sending(name: string, text: string): number {
    const key = this.#nextKey++;
    this.#messages.push({ key, name, text, own: true, status: "sending", problem: "", firstUnread: false });
    return key;
  }

  /** The message did not get into the room. */
  failed(key: number, problem: string): void {
    this.#change(key, { status: "failed", problem });
  }

  /** Takes a message that failed out, to be sent again; returns it. */
  takeFailed(key: number): ShownMessage | undefined {
    const at = this.#messages.findIndex((message) => message.key === key && message.status === "failed");
    return at < 0 ? undefined : this.#messages.splice(at, 1)[0];
  }

  /** The person has seen everything; the mark stays until more comes unseen. */
  seen(): void {
    this.#unread = 0;
  }

  /** Takes the mark of what was unread away. */
  unmark(): void {
    this.#messages = this.#messages.map((message) =>
      message.firstUnread ? { ...message, firstUnread: false } : message,
    );
  }

  /** Another room: begins anew. */
  clear(): void {
    this.#messages = [];
    this.#unread = 0;
  }

  #change(key: number, change: Partial<ShownMessage>): void {
    this.#messages = this.#messages.map((message) => (message.key === key ? { ...message, ...change } : message));
  }
}
