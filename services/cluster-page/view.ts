import { element } from "../page/element.js";
import type { Parts, TopicRow } from "../src/cluster/snapshot.js";
import { diskLevel } from "../src/cluster/severity.js";
import { listed, runsOf } from "../src/cluster/state.js";
import {
  attentionText,
  brokerState,
  controllersText,
  count,
  delayText,
  diskText,
  groupState,
  groupsText,
  lagText,
  leftOut,
  mapText,
  movesText,
  moveText,
  totalsOf,
  verdictOf,
} from "../src/cluster/words.js";

/** Topics at first, and with each "Show more". */
const TOPICS = 50;

/** Partitions, and runs of equal ones, that a topic's map shows. */
const PARTITIONS = 400;
const RUNS = 60;

const make = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...content: (string | Node)[]
): HTMLElementTagNameMap[K] => {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  made.append(...content);
  return made;
};

/** Sets a text only when it differs, so that screen readers say what is new and nothing else. */
function setText(id: string, text: string): void {
  const line = element(id, HTMLElement);
  if (line.textContent !== text) line.textContent = text;
}

const row = (cells: readonly { readonly text: string; readonly number?: boolean; readonly level?: string }[]) => {
  const made = document.createElement("tr");
  cells.forEach(({ text, number, level }, index) => {
    const cell = make(index === 0 ? "th" : "td", number ? "number" : "", text);
    if (cell instanceof HTMLTableCellElement && index === 0) cell.scope = "row";
    if (level !== undefined) cell.dataset["level"] = level;
    made.append(cell);
  });
  return made;
};

/** Shows the cluster. */
export class View {
  #shown: Partial<Parts> = {};
  #topics: readonly TopicRow[] = [];
  #rows = new Map<string, { readonly topic: TopicRow; readonly item: HTMLLIElement }>();
  #most = TOPICS;
  readonly #filter = element("filter", HTMLInputElement);

  constructor() {
    this.#filter.addEventListener("input", () => {
      this.#most = TOPICS;
      this.#renderTopics();
    });
    element("more", HTMLButtonElement).addEventListener("click", () => {
      this.#most += TOPICS;
      this.#renderTopics();
    });
  }

  /** Shows no cluster, and why. */
  hide(why: string): void {
    element("cluster", HTMLElement).hidden = true;
    element("doubt", HTMLElement).hidden = true;
    this.#verdict("unknown", why);
    setText("as-of", "");
    document.title = "? Kafka cluster";
  }

  /** Shows when Kafka answered. */
  asOf(text: string): void {
    setText("as-of", text);
  }

  /** Shows what changed. @param topics undefined when they did not change */
  show(parts: Parts, topics: Iterable<TopicRow> | undefined): void {
    const before = this.#shown;
    this.#shown = parts;
    const { level, text } = verdictOf(parts);
    this.#verdict(level, text);
    document.title = level === "good" ? "Kafka cluster" : `(!) Kafka cluster`;
    element("doubt", HTMLElement).hidden = parts.doubt === null;
    setText("doubt", parts.doubt ?? "");
    if (before.totals !== parts.totals || before.brokers !== parts.brokers) this.#renderTotals(parts);
    if (before.brokers !== parts.brokers) this.#renderBrokers(parts);
    if (before.controllers !== parts.controllers) setText("controllers", controllersText(parts.controllers));
    if (before.attention !== parts.attention) this.#renderAttention(parts);
    if (before.moves !== parts.moves) this.#renderMoves(parts);
    if (before.groups !== parts.groups) this.#renderGroups(parts);
    if (topics !== undefined) {
      this.#topics = [...topics];
      this.#renderTopics();
    }
    element("cluster", HTMLElement).hidden = false;
  }

  #verdict(level: string, text: string): void {
    element("verdict", HTMLElement).dataset["level"] = level;
    setText("verdict", text);
  }

  #renderTotals(parts: Parts): void {
    element("totals", HTMLElement).replaceChildren(
      ...totalsOf(parts).map(({ name, value, level }) => {
        const fact = make("div", "", make("dt", "", name), make("dd", "", value));
        fact.dataset["level"] = level;
        return fact;
      }),
    );
  }

  #renderBrokers({ brokers }: Parts): void {
    element("brokers", HTMLElement).replaceChildren(
      ...brokers.map((broker) =>
        row([
          { text: String(broker.id) },
          { text: brokerState(broker), ...(!broker.running && { level: "bad" }) },
          { text: broker.rack ?? "–" },
          { text: broker.leaders.toLocaleString("en"), number: true },
          { text: broker.replicas.toLocaleString("en"), number: true },
          { text: broker.outOfSync.toLocaleString("en"), number: true, ...(broker.outOfSync > 0 && { level: "look" }) },
          { text: diskText(broker.disk), number: true, ...(broker.disk && { level: diskLevel(broker.disk) }) },
        ]),
      ),
    );
  }

  #renderAttention({ attention }: Parts): void {
    element("attention-section", HTMLElement).hidden = attention.total === 0;
    const items = attention.rows.map((partition) =>
      make(
        "li",
        "",
        make("mark", partition.state, partition.state),
        " ",
        make("b", "", `${partition.topic}-${partition.index}`),
        `: ${attentionText(partition)}`,
      ),
    );
    const rest = leftOut(attention, "partition");
    element("attention", HTMLElement).replaceChildren(
      ...items,
      ...(rest === "" ? [] : [make("li", "soft", rest.trim())]),
    );
  }

  #renderMoves({ moves }: Parts): void {
    const some = "value" in moves ? moves.value : { rows: [], total: 0 };
    setText("moves-text", movesText(moves) + leftOut(some, "move"));
    element("moves", HTMLElement).replaceChildren(
      ...some.rows.map((move) =>
        make("li", "", make("b", "", `${move.topic}-${move.partition}`), ` ${moveText(move)}`),
      ),
    );
  }

  #renderGroups({ groups }: Parts): void {
    const table = element("groups-table", HTMLElement);
    const some = "value" in groups ? groups.value : { rows: [], total: 0 };
    setText("groups-text", groupsText(groups, (at) => new Date(at).toLocaleTimeString()) + leftOut(some, "group"));
    table.hidden = some.total === 0;
    element("groups", HTMLElement).replaceChildren(
      ...some.rows.map((group) =>
        row([
          { text: group.name },
          { text: groupState(group) },
          { text: lagText(group), number: true },
          { text: delayText(group), number: true },
        ]),
      ),
    );
  }

  /** Makes only the rows that are new, and keeps the others. */
  #renderTopics(): void {
    const found = listed(this.#topics, this.#filter.value);
    const shown = found.slice(0, this.#most);
    const rows = new Map<string, { readonly topic: TopicRow; readonly item: HTMLLIElement }>();
    for (const topic of shown) {
      const before = this.#rows.get(topic.name);
      rows.set(topic.name, before?.topic === topic ? before : { topic, item: topicItem(topic) });
    }
    this.#rows = rows;
    element("topics", HTMLElement).replaceChildren(...[...rows.values()].map(({ item }) => item));
    const total = this.#shown.totals?.topics ?? 0;
    const withText = this.#filter.value === "" ? "" : ` with “${this.#filter.value}”`;
    const rest =
      total > this.#topics.length ? ` The page got ${this.#topics.length} of ${total}, the worst first.` : "";
    setText("topics-text", `Shown: ${shown.length} of ${count(found.length, "topic")}${withText}.${rest}`);
    element("more", HTMLButtonElement).hidden = found.length <= shown.length;
  }
}

function topicItem(topic: TopicRow): HTMLLIElement {
  const { runs, rest } = runsOf(topic.map, PARTITIONS, RUNS);
  const signs = runs.map((run) => (run.startsWith(".") ? "·".repeat(run.length) : make("mark", run.charAt(0), run)));
  const map = make("span", "map", ...signs, ...(rest > 0 ? [` … ${rest.toLocaleString("en")} more`] : []));
  // The signs are for those who see; the text says the same.
  map.setAttribute("aria-hidden", "true");
  const facts = `${count(topic.map.length, "partition")}, ${count(topic.replicationFactor, "replica")}${topic.internal ? ", internal" : ""}; ${mapText(topic)}`;
  return make("li", "topic", make("b", "name", topic.name), make("span", "soft", facts), map);
}
