import type { Named } from "../pods";

/** A partition without a leader, as the cluster knows it. Servers are node ids. */
export interface Offline {
  /** Such as `chatroom-0`. */
  readonly name: string;
  /** Id of its topic. */
  readonly topic: string;
  /** In the order of its assignment, with those that a move adds or removes. */
  readonly replicas: readonly number[];
  /** Who was in sync last: members of the ISR, eligible leader replicas, and the last leader where Kafka knows it. Kafka elects one of them as soon as it runs, whatever is on its disk. */
  readonly trusted: readonly number[];
  /** Replicas that a move adds. */
  readonly adding: readonly number[];
  /** Replicas that a move removes. */
  readonly removing: readonly number[];
  /** Whether Kafka elects any replica that runs, by the setting of the topic. */
  readonly unclean: boolean;
}

/** What a running broker says of the cluster. */
export interface Cluster {
  /** Node ids of the brokers that run. */
  readonly running: readonly number[];
  /** All partitions without a leader. */
  readonly offline: readonly Offline[];
}

/** A server's copy of a partition. */
export interface Copy {
  /** Offset behind its last record. */
  readonly end: number;
  /** Epoch of its last record; -1 when it never had one. */
  readonly epoch: number;
}

/** What a server's disks have. */
export interface Disks {
  /** Of the partitions that it was asked for; null where there is no copy. */
  readonly copies: ReadonlyMap<string, Copy | null>;
  /** Whether there is any partition on them. */
  readonly used: boolean;
}

/** A broker of the stack. */
export interface Server extends Named {
  /** Whether the cluster counts it among the brokers that run. */
  readonly runs: boolean;
  /** Whether it has lost copies with a disk, and does not start because Kafka would elect them. */
  readonly waits: boolean;
  /** What its disks have, or why it does not say so. */
  readonly disks: Disks | string;
}

/** What Kafka says of the topics' ids when it has none. */
const NO_TOPIC = "AAAAAAAAAAAAAAAAAAAAAA";

/**
 * Reads what `partition-recovery.sh list` prints.
 *
 * @throws when that is not all there.
 */
export function parseCluster(text: string): Cluster {
  const lines = text.trim().split("\n");
  const [first = "", ...rest] = lines;
  if (!first.startsWith("running=") || rest.pop() !== "complete") {
    throw new Error("it does not say all of what has no leader");
  }
  return { running: ids(first.slice("running=".length)), offline: rest.map(parseOffline) };
}

function parseOffline(line: string): Offline {
  const said = new Map(line.split(" ").map((word) => [word.replace(/=.*/s, ""), word.replace(/^[^=]*=/, "")] as const));
  const value = (key: string): string => {
    const found = said.get(key);
    if (found === undefined) throw new Error(`it does not say the ${key} of ${line}`);
    return found;
  };
  const list = (key: string) => ids(value(key));
  return {
    name: value("partition"),
    topic: value("topic"),
    replicas: list("replicas"),
    trusted: [...new Set([...list("isr"), ...list("elr"), ...list("lastElr")])],
    adding: list("adding"),
    removing: list("removing"),
    unclean: value("unclean") !== "false",
  };
}

/**
 * Reads what `partition-recovery.sh copies` prints. The copy of a topic that had the same name, and was deleted, is none.
 *
 * @throws when a partition is missing in it.
 */
export function parseDisks(text: string, asked: readonly Offline[]): Disks {
  const lines = text.trim().split("\n");
  const last = lines.pop();
  if (last !== "used" && last !== "unused") throw new Error("it does not say all of what it has");
  const said = new Map(lines.map((line) => [line.split(" ")[0] ?? "", line] as const));
  const copies = asked.map(({ name, topic }) => {
    const line = said.get(name) ?? "";
    if (line === `${name} none`) return [name, null] as const;
    const [, end, epoch, of] = /^\S+ (\d+) (-1|\d+) (\S+)$/.exec(line) ?? [];
    if (end === undefined || epoch === undefined) throw new Error(`it does not say what it has of ${name}`);
    const another = of !== "-" && topic !== NO_TOPIC && of !== topic;
    return [name, another ? null : { end: Number(end), epoch: Number(epoch) }] as const;
  });
  return { copies: new Map(copies), used: last === "used" };
}

/** Whether a server waits for a lost disk, by what it says at `/quorum`: for how many copies, or `unknown` while nobody tells it. */
export const parseWaits = (quorum: string): boolean => /^lost=([1-9]\d*|unknown)\s*$/m.test(quorum);

const ids = (text: string): number[] =>
  text.split(",").flatMap((id) => {
    if (id === "") return [];
    if (!/^\d+$/.test(id)) throw new Error(`${id} is no node id`);
    return [Number(id)];
  });
