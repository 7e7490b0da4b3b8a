import type { StreamState } from "../src/chat/event-stream.js";
import type { ShownMessage } from "./conversation.js";
import { element } from "./element.js";

const STATES: Record<StreamState, string> = {
  connecting: "Connecting…",
  open: "Connected",
  waiting: "Connection lost, trying again…",
  refused: "The service refused",
  closed: "Left",
};

/** Shows the state of the connection. */
export function showState(state: StreamState, detail: string): void {
  const line = element("state", HTMLElement);
  line.dataset["state"] = state;
  line.textContent = state === "refused" && detail !== "" ? detail : STATES[state];
  line.title = detail;
}

/** Shows what went wrong with the person's last action; empty removes it. */
export function showProblem(text: string): void {
  element("problem", HTMLElement).textContent = text;
}

/** The list of messages. It touches only what changed, so that screen readers announce new messages and nothing else. */
export class MessageList {
  readonly #list = element("messages", HTMLOListElement);
  readonly #scroll = element("scroll", HTMLElement);
  readonly #empty = element("empty", HTMLElement);
  readonly #newer = element("newer", HTMLButtonElement);
  readonly #items = new Map<number, { readonly message: ShownMessage; readonly item: HTMLLIElement }>();
  readonly #onRetry: (key: number) => void;

  /** @param onRetry - called with the key of a message to send again */
  constructor(onRetry: (key: number) => void) {
    this.#onRetry = onRetry;
    this.#newer.addEventListener("click", () => {
      this.toEnd();
    });
  }

  /** True when the person sees the newest message. */
  get atEnd(): boolean {
    return this.#scroll.scrollHeight - this.#scroll.scrollTop - this.#scroll.clientHeight < 40;
  }

  onScroll(listener: () => void): void {
    this.#scroll.addEventListener("scroll", listener);
  }

  toEnd(): void {
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  /** Begins live announcements once the earlier messages are there. */
  loaded(): void {
    this.#scroll.setAttribute("aria-busy", "false");
  }

  show(messages: readonly ShownMessage[], unread: number): void {
    const wasAtEnd = this.atEnd;
    const keys = new Set(messages.map(({ key }) => key));
    for (const [key, { item }] of this.#items) {
      if (keys.has(key)) continue;
      item.remove();
      this.#items.delete(key);
    }
    messages.forEach((message, index) => {
      const present = this.#items.get(message.key);
      const item = present?.message === message ? present.item : this.#render(message);
      if (present !== undefined && present.item !== item) present.item.replaceWith(item);
      this.#items.set(message.key, { message, item });
      if (this.#list.children[index] !== item) this.#list.insertBefore(item, this.#list.children[index] ?? null);
    });
    this.#empty.hidden = messages.length > 0;
    this.#newer.hidden = unread === 0 || wasAtEnd;
    this.#newer.textContent = `↓ ${unread} new ${unread === 1 ? "message" : "messages"}`;
    document.title = unread === 0 ? "kchat" : `(${unread}) kchat`;
    if (wasAtEnd) this.toEnd();
  }

  /** Inserts everything from others as text, never as markup. */
  #render({ key, name, text, own, status, problem, firstUnread }: ShownMessage): HTMLLIElement {
    const item = document.createElement("li");
    item.className = own ? "message own" : "message";
    if (status === "failed") item.classList.add("failed");
    if (firstUnread) item.append(span("unread", "New"));
    if (name !== undefined) item.append(span("name", name));
    item.append(span("text", text));
    if (own) item.append(span("mark", mark(status, problem)));
    if (status === "failed") {
      const retry = document.createElement("button");
      retry.type = "button";
      retry.className = "retry";
      retry.textContent = "Send again";
      retry.addEventListener("click", () => {
        this.#onRetry(key);
      });
      item.append(retry);
    }
    return item;
  }
}

function mark(status: ShownMessage["status"], problem: string): string {
  if (status === "sending") return "sending…";
  return status === "shown" ? "✓ sent" : `not sent: ${problem}`;
}

function span(className: string, text: string): HTMLSpanElement {
  const made = document.createElement("span");
  made.className = className;
  made.textContent = text;
  made.dir = "auto";
  return made;
}
