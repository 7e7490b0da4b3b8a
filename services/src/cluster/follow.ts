import { EventStream } from "../chat/event-stream.js";
import type { PageEvent } from "./snapshot.js";
import { ClusterState } from "./state.js";
import { type Seen, clock } from "./terminal.js";
import { lostText, SILENCE_MS, silentText } from "./words.js";

/** Follows the stream of the page of the cluster. It comes back by itself when that is lost. */
export class Follower {
  readonly #state = new ClusterState();
  readonly #stream: EventStream;
  #trouble = "Asking the cluster…";
  #reason = "";
  #heard = performance.now();

  /**
   * @param url - of the stream
   * @param changed - is called when there is something new to show
   */
  constructor(url: string, changed: () => void) {
    this.#stream = new EventStream(
      { url, silenceMs: SILENCE_MS },
      {
        event: ({ data }) => {
          this.#heard = performance.now();
          this.#reason = "";
          this.#state.take(JSON.parse(data) as PageEvent);
          const { silence } = this.#state;
          if (silence) this.#trouble = silentText(clock(silence.since), silence.why);
          changed();
        },
        state: (now, detail) => {
          if (now !== "waiting" && now !== "refused") return;
          this.#state.clear();
          const next = now === "waiting" ? "Trying again…" : "Run this again.";
          this.#trouble = `${lostText(next)} (${this.#reason === "" ? detail : this.#reason})`;
          changed();
        },
      },
    );
    this.#stream.start();
  }

  /** What is known now. */
  get seen(): Seen {
    const { parts, at } = this.#state;
    return { parts, at: at === 0 ? undefined : at, age: performance.now() - this.#heard, trouble: this.#trouble };
  }

  /** Takes a reason why the stream cannot be reached, which says more than that it was closed. */
  explain(reason: string): void {
    this.#reason = reason;
  }

  /** Follows no more. */
  close(): void {
    this.#stream.close();
  }
}
