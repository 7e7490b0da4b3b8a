import { EventStream, type StreamListener } from "../src/chat/event-stream.js";
import { ElectedStream } from "./elected-stream.js";
import { type StreamNews, type StreamRequest, tell } from "./stream-messages.js";
import type { TabMessage } from "./stream-worker.js";

/** A tab's view of a room's stream. */
export interface RoomStream {
  /** Ends the pause between attempts, for example when the network is back. */
  retryNow(): void;
  /** Leaves for good. */
  close(): void;
}

/**
 * Opens a room's stream, one for all tabs of the browser: in a shared worker, or else in an elected tab. Where the browser has no locks either (as
 * over plain HTTP), this tab gets its own.
 */
export function openRoomStream(request: StreamRequest, listener: StreamListener): RoomStream {
  return "SharedWorker" in globalThis ? new WorkerStream(request, listener) : openWithoutWorker(request, listener);
}

function openWithoutWorker(request: StreamRequest, listener: StreamListener): RoomStream {
  if ("BroadcastChannel" in globalThis && "locks" in navigator) return new ElectedStream(request, listener);
  const stream = new EventStream(request, listener);
  stream.start();
  return stream;
}

/** A stream in the worker that all tabs share. */
class WorkerStream implements RoomStream {
  readonly #port: MessagePort;
  /** The fallback when the worker cannot be loaded. */
  #instead: RoomStream | undefined;
  #isClosed = false;

  constructor(request: StreamRequest, listener: StreamListener) {
    const worker = new SharedWorker(new URL("./stream-worker.ts", import.meta.url), { type: "module", name: "kchat" });
    this.#port = worker.port;
    this.#port.onmessage = ({ data }: MessageEvent<StreamNews>) => {
      if (!this.#isClosed) tell(listener, data);
    };
    worker.addEventListener("error", () => {
      if (!this.#isClosed) this.#instead ??= openWithoutWorker(request, listener);
    });
    this.#say({ kind: "join", request });
  }

  retryNow(): void {
    this.#say({ kind: "retry" });
    this.#instead?.retryNow();
  }

  close(): void {
    this.#isClosed = true;
    this.#say({ kind: "leave" });
    this.#instead?.close();
  }

  #say(message: TabMessage): void {
    this.#port.postMessage(message);
  }
}
