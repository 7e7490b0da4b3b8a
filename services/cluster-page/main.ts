import { setUpTheme } from "../page/theme.js";
import { EventStream } from "../src/chat/event-stream.js";
import type { PageEvent } from "../src/cluster/snapshot.js";
import { ClusterState } from "../src/cluster/state.js";
import { View } from "./view.js";
import { duration, lostText, SILENCE_MS, silentText, unheardText } from "../src/cluster/words.js";

const state = new ClusterState();
const view = new View();
/** When the last event came, by this machine's clock. */
let heard = -Infinity;

function showAge(): void {
  if (state.parts === undefined) return;
  const age = performance.now() - heard;
  if (age > SILENCE_MS) {
    state.clear();
    view.hide(unheardText(age / 1_000));
  } else view.asOf(`As of ${new Date(state.at).toLocaleTimeString()}, ${duration(age / 1_000)} ago`);
}

function take(event: PageEvent): void {
  heard = performance.now();
  const topicsChanged = state.take(event);
  if (state.silence !== undefined) {
    const since = new Date(state.silence.since).toLocaleTimeString();
    view.hide(silentText(since, state.silence.why));
  } else if (state.parts !== undefined) {
    view.show(state.parts, topicsChanged ? state.topics.values() : undefined);
    showAge();
  }
}

const stream = new EventStream(
  { url: new URL("events", document.baseURI).href, silenceMs: SILENCE_MS },
  {
    event: ({ data }) => {
      take(JSON.parse(data) as PageEvent);
    },
    state: (now, detail) => {
      if (now !== "waiting" && now !== "refused") return;
      state.clear();
      const next = now === "waiting" ? "Trying again…" : "Load the page again.";
      view.hide(`${lostText(next)} (${detail})`);
    },
  },
);

setUpTheme("cluster-theme");
setInterval(showAge, 1_000);
addEventListener("online", () => {
  stream.retryNow();
});
stream.start();
