import { diskLevel, type Level } from "./severity.js";
import type { BrokerRow, GroupRow, PartitionState, Parts, Some } from "./snapshot.js";
import { type Column, type Line, paragraph, table } from "./text.js";
import {
  attentionText,
  brokerState,
  controllersText,
  delayText,
  diskText,
  duration,
  groupState,
  groupsText,
  lagText,
  leftOut,
  movesText,
  moveText,
  totalsOf,
  verdictOf,
} from "./words.js";

/** What is known of the cluster, and why no more is. */
export interface Seen {
  /** The cluster; undefined while it is not known how it is. */
  readonly parts: Parts | undefined;
  /** When Kafka last answered, in ms since 1970 by the service's clock; undefined before the first time. */
  readonly at: number | undefined;
  /** Milliseconds since the service was last heard. */
  readonly age: number;
  /** Why the cluster is not known. */
  readonly trouble: string;
}

/** Partitions, moves and groups that are listed; all are counted. */
const ROWS = 20;

const SIGNS: Readonly<Record<Level, string>> = { good: "✓", look: "!", bad: "✕" };

const LEVELS: Readonly<Record<PartitionState, Level>> = { ".": "good", L: "look", U: "look", X: "bad" };

const BROKERS: readonly Column[] = [
  { title: "BROKER", label: "Broker" },
  { title: "RACK", label: "rack" },
  { title: "STATE" },
  { title: "LEADS", label: "leads", number: true },
  { title: "REPLICAS", label: "replicas", number: true },
  { title: "NOT IN SYNC", label: "not in sync", number: true },
  { title: "DISK USED", label: "disk used" },
];

const GROUPS: readonly Column[] = [
  { title: "GROUP" },
  { title: "STATE" },
  { title: "BEHIND, RECORDS", label: "records behind", number: true },
  { title: "BEHIND, TIME", label: "time behind", number: true },
];

/** A time of day. */
export const clock = (at: number): string => new Date(at).toTimeString().slice(0, 8);

/** The cluster in lines of a width, in cells. */
export function render(seen: Seen, width: number): Line[] {
  const { parts, at, age, trouble } = seen;
  if (parts === undefined) {
    const last = at === undefined ? "No state of the cluster was seen yet." : `The last state was as of ${clock(at)}.`;
    return [
      { text: "Kafka cluster", style: "title" },
      ...paragraph(`? ${trouble}`, width, "look"),
      ...paragraph(last, width, "soft"),
    ];
  }
  const { level, text } = verdictOf(parts);
  return [
    ...paragraph(`Kafka cluster ${parts.clusterId}`, width, "title"),
    ...paragraph(`As of ${clock(at ?? 0)}, ${duration(age / 1_000)} ago`, width, "soft"),
    ...paragraph(`${SIGNS[level]} ${text}`, width, level),
    ...(parts.doubt === null ? [] : paragraph(`! ${parts.doubt}`, width, "look")),
    ...paragraph(
      totalsOf(parts)
        .map(({ name, value }) => `${name}: ${value}`)
        .join("; "),
      width,
    ),
    ...paragraph(controllersText(parts.controllers), width),
    ...attention(parts, width),
    ...brokers(parts, width),
    ...moves(parts, width),
    ...groups(parts, width),
  ];
}

const title = (text: string, width: number): Line[] => [{ text: "" }, ...paragraph(text, width, "title")];

/** The first of a list that may be cut already. */
const shortened = <T>({ rows, total }: Some<T>): Some<T> => ({ rows: rows.slice(0, ROWS), total });

const rest = (some: Some<unknown>, noun: string, width: number): Line[] => {
  const text = leftOut(some, noun).trim();
  return text === "" ? [] : paragraph(text, width, "soft");
};

function attention(parts: Parts, width: number): Line[] {
  if (parts.attention.total === 0) return [];
  const shown = shortened(parts.attention);
  return [
    ...title("Partitions that are not in order", width),
    ...shown.rows.flatMap((partition) =>
      paragraph(
        `${partition.state} ${partition.topic}-${partition.index}: ${attentionText(partition)}`,
        width,
        LEVELS[partition.state],
      ),
    ),
    ...rest(shown, "partition", width),
  ];
}

function brokers(parts: Parts, width: number): Line[] {
  const byRack = parts.brokers.toSorted(
    (one, other) => (one.rack ?? "").localeCompare(other.rack ?? "", "en", { numeric: true }) || one.id - other.id,
  );
  const rows = byRack.map((broker) => ({
    cells: [
      String(broker.id),
      broker.rack ?? "–",
      brokerState(broker),
      broker.leaders.toLocaleString("en"),
      broker.replicas.toLocaleString("en"),
      broker.outOfSync.toLocaleString("en"),
      diskText(broker.disk),
    ],
    style: brokerLevel(broker),
  }));
  return [...title("Brokers by rack", width), ...table(BROKERS, rows, width)];
}

function brokerLevel({ running, outOfSync, disk }: BrokerRow): Level | undefined {
  const level = disk ? diskLevel(disk) : "good";
  if (!running || level === "bad") return "bad";
  return outOfSync > 0 || level === "look" ? "look" : undefined;
}

function moves({ moves: known }: Parts, width: number): Line[] {
  const shown = "value" in known ? shortened(known.value) : { rows: [], total: 0 };
  return [
    ...title("Moves under way", width),
    ...paragraph(movesText(known), width),
    ...shown.rows.flatMap((move) => paragraph(`${move.topic}-${move.partition} ${moveText(move)}`, width)),
    ...rest(shown, "move", width),
  ];
}

function groups({ groups: known }: Parts, width: number): Line[] {
  const shown: Some<GroupRow> = "value" in known ? shortened(known.value) : { rows: [], total: 0 };
  const rows = shown.rows.map((group) => ({
    cells: [group.name, groupState(group), lagText(group), delayText(group)],
  }));
  return [
    ...title("Consumer groups", width),
    ...paragraph(groupsText(known, clock), width),
    ...(rows.length === 0 ? [] : table(GROUPS, rows, width)),
    ...rest(shown, "group", width),
  ];
}
