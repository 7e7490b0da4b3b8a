import { NotSentError, publish, toMessage } from "../src/chat/publish.js";
import { Conversation } from "./conversation.js";
import { element } from "./element.js";
import { openRoomStream, type RoomStream } from "./room-stream.js";
import { HISTORY } from "./stream-messages.js";
import { setUpTheme } from "./theme.js";
import { MessageList, showProblem, showState } from "./view.js";

/** The service's configuration. */
interface ServiceConfig {
  readonly rooms: readonly string[];
  /** False when this service cannot forward messages to kproducer. */
  readonly canPublish: boolean;
  /** True when callers must present a token. */
  readonly needsToken: boolean;
}

const nameInput = element("name", HTMLInputElement);
const textInput = element("text", HTMLTextAreaElement);
const roomSelect = element("room", HTMLSelectElement);
const conversation = new Conversation();
const list = new MessageList((key) => {
  const message = conversation.takeFailed(key);
  if (message !== undefined) send(message.name ?? "", message.text);
});
let stream: RoomStream | undefined;
let headers: Readonly<Record<string, string>> = {};
/** Whether a message was to be sent before there was a room. */
let isWaiting = false;
/** One after the other, which keeps a person's messages in order. */
let queue: Promise<void> = Promise.resolve();

function render(): void {
  list.show(conversation.messages, conversation.unread);
}

function isLooking(): boolean {
  return document.visibilityState === "visible" && list.atEnd;
}

function join(room: string): void {
  stream?.close();
  conversation.clear();
  render();
  const query = new URLSearchParams({ room, history: String(HISTORY) });
  let loaded = false;
  let loading: ReturnType<typeof setTimeout> | undefined;
  // Earlier messages are no news; they arrive at once, before any new one.
  const load = () => {
    loading ??= setTimeout(() => {
      loaded = true;
      list.loaded();
    }, 200);
  };
  stream = openRoomStream(
    { url: new URL(`sse/connect?${query.toString()}`, document.baseURI).href, headers },
    {
      event: ({ type, data }) => {
        if (type !== "test") return;
        conversation.received(data, isLooking() || !loaded);
        render();
        load();
      },
      state: (state, detail) => {
        showState(state, detail);
        if (state === "open") load();
      },
    },
  );
}

function send(name: string, text: string): void {
  const key = conversation.sending(name, text);
  render();
  list.toEnd();
  queue = queue.then(async () => {
    try {
      await publish({ url: ".", room: roomSelect.value, headers }, toMessage(name, text));
      showProblem("");
    } catch (error) {
      const reason = error instanceof NotSentError ? error.message : String(error);
      conversation.failed(key, reason);
      showProblem(`Not sent: ${reason}`);
      render();
    }
  });
}

function submit(): void {
  const name = nameInput.value.trim();
  const text = textInput.value.trim();
  if (name === "" || /[:\n]/.test(name)) {
    showProblem(name === "" ? "Enter your name first." : "A name cannot have a colon in it.");
    nameInput.focus();
    return;
  }
  if (text === "") return;
  if (stream === undefined) {
    isWaiting = true;
    return;
  }
  localStorage.setItem("kchat-name", name);
  textInput.value = "";
  showProblem("");
  conversation.unmark();
  send(name, text);
}

async function askForToken(): Promise<string> {
  const remembered = sessionStorage.getItem("kchat-token");
  if (remembered !== null) return remembered;
  const dialog = element("token-dialog", HTMLDialogElement);
  dialog.showModal();
  await new Promise((resolve) => {
    dialog.addEventListener("close", resolve, { once: true });
  });
  const token = element("token", HTMLInputElement).value;
  sessionStorage.setItem("kchat-token", token);
  return token;
}

function lookedAtEnd(): void {
  if (!isLooking() || conversation.unread === 0) return;
  conversation.seen();
  render();
}

async function start(): Promise<void> {
  setUpTheme("kchat-theme");
  nameInput.value = localStorage.getItem("kchat-name") ?? "";
  (nameInput.value === "" ? nameInput : textInput).focus();
  const response = await fetch("api/config");
  if (!response.ok) throw new Error(`The service answered ${response.status}.`);
  const config = (await response.json()) as ServiceConfig;
  if (config.needsToken) headers = { authorization: `Bearer ${await askForToken()}` };
  for (const room of config.rooms) roomSelect.add(new Option(room, room));
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (config.rooms.includes(wanted)) roomSelect.value = wanted;
  element("send", HTMLButtonElement).disabled = !config.canPublish;
  if (!config.canPublish) showProblem("This service only shows messages; it cannot send any.");
  join(roomSelect.value);
  if (isWaiting) submit();
}

element("composer", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
textInput.addEventListener("keydown", (event) => {
  // While an input method is composing a character, Enter belongs to it.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
roomSelect.addEventListener("change", () => {
  location.hash = encodeURIComponent(roomSelect.value);
  join(roomSelect.value);
});
document.addEventListener("visibilitychange", lookedAtEnd);
list.onScroll(lookedAtEnd);
// A page that is left must keep neither the shared stream nor its own; it opens a new one when the person returns.
addEventListener("pagehide", () => stream?.close());
addEventListener("pageshow", ({ persisted }) => {
  if (persisted && stream !== undefined) join(roomSelect.value);
});
addEventListener("online", () => stream?.retryNow());

start().catch((error: unknown) => {
  showState("refused", "");
  showProblem(error instanceof Error ? error.message : String(error));
});
