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

/** What a server's disks have of the partitions that it was asked for; null where there is no copy. */
export type Copies = ReadonlyMap<string, Copy | null>;

/** A broker of the stack. */
export interface Server extends Named {
  /** Whether the cluster counts it among the brokers that run. */
  readonly runs: boolean;
  /** How many copies it has lost with a disk, and waits for: 0 when it does not wait, `Infinity` while it does not know. */
  readonly lost: number;
  /** Whether no disk of it was ever used. */
  readonly blank: boolean;
  /** What its disks have, or why it does not say so. */
  readonly copies: Copies | string;
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
export function parseCopies(text: string, asked: readonly Offline[]): Copies {
  const lines = new Map(text.split("\n").map((line) => [line.split(" ")[0] ?? "", line] as const));
  return new Map(
    asked.map(({ name, topic }) => {
      const [, end, epoch, of] = /^\S+ (?:none|(\d+) (-1|\d+) (\S+))$/.exec(lines.get(name) ?? "") ?? [undefined];
      if (lines.get(name) === `${name} none`) return [name, null];
      if (end === undefined || epoch === undefined) throw new Error(`it does not say what it has of ${name}`);
      const another = of !== "-" && topic !== NO_TOPIC && of !== topic;
      return [name, another ? null : { end: Number(end), epoch: Number(epoch) }];
    }),
  );
}

/** What a server says of its own disks at `/quorum`. */
export const parseDisks = (quorum: string): Pick<Server, "lost" | "blank"> => ({
  lost: /^lost=unknown\s*$/m.test(quorum) ? Infinity : Number(/^lost=(\d+)\s*$/m.exec(quorum)?.[1] ?? 0),
  blank: /^knows=(nothing|vote)\s*$/m.test(quorum),
});

const ids = (text: string): number[] =>
  text.split(",").flatMap((id) => {
    if (id === "") return [];
    if (!/^\d+$/.test(id)) throw new Error(`${id} is no node id`);
    return [Number(id)];
  });
