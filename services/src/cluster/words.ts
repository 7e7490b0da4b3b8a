import { CAUGHT_UP_MS } from "../kafka/caught-up.js";
import { formatBytes } from "../ops/format.js";
import type { Level } from "./severity.js";
import type {
  BrokerRow,
  Controllers,
  DiskUse,
  GroupRow,
  Groups,
  Known,
  MoveRow,
  PartitionRow,
  PartitionState,
  Parts,
  Some,
  TopicRow,
} from "./snapshot.js";

/** A state of a partition in words. */
export const STATES: Readonly<Record<PartitionState, string>> = {
  ".": "in order",
  L: "not led by its preferred leader",
  U: "under-replicated",
  X: "offline",
};

/** The service tells something every few seconds, also that Kafka does not answer. After this long, in ms, what is shown counts as old. */
export const SILENCE_MS = 10_000;

const NOT_KNOWN = "so how the cluster is now is not known";

/** What is said while Kafka does not answer. @param since the time of day */
export const silentText = (since: string, why: string): string =>
  `Kafka does not answer since ${since}, ${NOT_KNOWN}: ${why}`;

/** What is said while nobody can be asked. @param next what happens now */
export const lostText = (next: string): string => `The connection to the page's service is lost, ${NOT_KNOWN}. ${next}`;

/** What is said after {@link SILENCE_MS}. @param age in seconds */
export const unheardText = (age: number): string => `Nothing was heard for ${duration(age)}, ${NOT_KNOWN}.`;

/** A number with its noun. */
export const count = (number: number, noun: string): string =>
  `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

const list = (ids: readonly number[]): string => (ids.length === 0 ? "none" : ids.join(", "));

/** The whole cluster in one sentence. */
export function verdictOf({ totals, brokers }: Pick<Parts, "totals" | "brokers">): { level: Level; text: string } {
  const away = brokers.filter(({ running }) => !running).map(({ id }) => id);
  const { offline, underReplicated, notPreferred } = totals;
  const facts = [
    ...(offline > 0
      ? [`${count(offline, "partition")} offline: nobody can write or read ${offline === 1 ? "it" : "them"}`]
      : []),
    ...(away.length > 0 ? [`broker${away.length === 1 ? "" : "s"} ${list(away)} not running`] : []),
    ...(underReplicated > 0 ? [`${count(underReplicated, "partition")} under-replicated`] : []),
    ...(notPreferred > 0
      ? [`${count(notPreferred, "partition")} not led by ${notPreferred === 1 ? "its" : "their"} preferred leader`]
      : []),
  ];
  if (facts.length === 0) return { level: "good", text: "All brokers run, and all partitions are in order." };
  const text = `${facts.join("; ")}.`;
  return { level: offline > 0 ? "bad" : "look", text: text.charAt(0).toUpperCase() + text.slice(1) };
}

/** A count over the whole cluster, and how bad it is. */
export interface Total {
  readonly name: string;
  readonly value: string;
  readonly level: Level;
}

/** The counts. */
export function totalsOf({ totals, brokers }: Pick<Parts, "totals" | "brokers">): Total[] {
  const running = brokers.filter((broker) => broker.running).length;
  const total = (name: string, number: number, bad: Level): Total => ({
    name,
    value: number.toLocaleString("en"),
    level: number > 0 ? bad : "good",
  });
  return [
    {
      name: "Brokers",
      value: `${running} of ${brokers.length} run`,
      level: running < brokers.length ? "look" : "good",
    },
    total("Topics", totals.topics, "good"),
    total("Partitions", totals.partitions, "good"),
    total("Offline", totals.offline, "bad"),
    total("Under-replicated", totals.underReplicated, "look"),
    total("Not led by preferred", totals.notPreferred, "look"),
  ];
}

/** A broker's state in words. */
export const brokerState = ({ running, cordoned }: BrokerRow): string =>
  `${running ? "runs" : "not running"}${cordoned === true ? ", cordoned" : ""}`;

/** How full a broker's disks are. */
export function diskText(disk: DiskUse | null): string {
  if (disk === null) return "not known";
  const { fullest, directories, failed } = disk;
  const share = fullest && `${Math.round((1 - fullest.free / fullest.size) * 100)} % of ${formatBytes(fullest.size)}`;
  const which = directories - failed > 1 ? `, the fullest of ${directories - failed}` : "";
  return `${share ?? "not known"}${share === null ? "" : which}${failed > 0 ? `; ${failed} failed` : ""}`;
}

/** Who controls the cluster. */
export function controllersText(controllers: Known<Controllers>): string {
  if ("unknown" in controllers) return `Who controls the cluster is not known: ${controllers.unknown}`;
  const { leader, voters } = controllers.value;
  if (leader < 0) return "No controller is active.";
  if (voters.length === 0) return `Broker ${leader} is the controller.`;
  const late = voters.filter(({ behindMs }) => behindMs === null || behindMs > CAUGHT_UP_MS);
  const said = late.map(({ id, behindMs }) =>
    behindMs === null ? `${id} never` : `${id} not for ${duration(behindMs / 1_000)}`,
  );
  const caughtUp = late.length === 0 ? "all caught up" : `caught up: ${said.join(", ")}`;
  return `Controller ${leader} is active. Voters: ${list(voters.map(({ id }) => id))}, ${caughtUp}.`;
}

/** A partition that is not in order, after its name. */
export function attentionText({ leader, replicas, inSync, state }: PartitionRow): string {
  const led = leader < 0 ? "no leader" : `leader ${leader}`;
  // Kafka keeps who was in sync when the last leader went.
  const sync = leader < 0 ? "last in sync" : "in sync";
  return `${STATES[state]}; ${led}; replicas ${list(replicas)}; ${sync} ${list(inSync)}`;
}

/** How much moves. */
export function movesText(moves: Known<Some<MoveRow>>): string {
  if ("unknown" in moves) return `Whether any partition moves is not known: ${moves.unknown}`;
  const { total } = moves.value;
  return total === 0 ? "No partition moves." : `${count(total, "partition")} ${total === 1 ? "moves" : "move"}.`;
}

/** A move after the partition's name. */
export const moveText = ({ from, to }: MoveRow): string => `from ${list(from)} to ${list(to)}`;

/** Beside a bounded list. */
export const leftOut = ({ rows, total }: Some<unknown>, noun: string): string =>
  total > rows.length ? ` Shown are ${rows.length} of ${count(total, noun)}.` : "";

/** How many groups there are, and what is not known of them. @param clock writes a time, in ms since 1970 */
export function groupsText(groups: Known<Groups>, clock: (at: number) => string): string {
  if ("unknown" in groups) return `How far consumers are behind is not known: ${groups.unknown}`;
  const { total, at, incomplete } = groups.value;
  const which = total === 0 ? "There are none" : count(total, "group");
  return [`${which}, measured at ${clock(at)}.`, ...incomplete].join(" ");
}

/** The state of a group, with its protocol where that is not the oldest. */
export const groupState = ({ type, state }: GroupRow): string => (type === "classic" ? state : `${state}, ${type}`);

/** Which partitions of a topic are in which state, worst first; for those who do not see the map. */
export function mapText({ map }: TopicRow): string {
  const parts = (["X", "U", "L"] as const).flatMap((state) => {
    const found: number[] = [];
    for (let index = 0; index < map.length; index += 1) if (map[index] === state) found.push(index);
    if (found.length === 0) return [];
    const more = found.length > 10 ? ` and ${found.length - 10} more` : "";
    const [noun, said] =
      found.length === 1 ? ["partition", STATES[state]] : ["partitions", STATES[state].replace("its", "their")];
    return [`${noun} ${found.slice(0, 10).join(", ")}${more} ${said}`];
  });
  return parts.length === 0 ? "all in order" : parts.join("; ");
}

/** Seconds as people say them. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3_600)} h`;
}

/** How many records a group is behind; where some are not known, what it is behind at least. */
export const lagText = ({ lag, unknown }: GroupRow): string =>
  unknown > 0 ? `≥ ${lag.toLocaleString("en")} (${count(unknown, "partition")} not known)` : lag.toLocaleString("en");

/** How long a group is behind. */
export function delayText({ seconds, unknown }: GroupRow): string {
  if (seconds === null) return "not known";
  return unknown > 0 ? `≥ ${duration(seconds)}` : duration(seconds);
}
