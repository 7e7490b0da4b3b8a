import { until, within } from "kafka-stack-waiting";
import { messageOf } from "../kubernetes";
import { answerOf, type Named } from "../pods";
import type { Election } from "./plan";
import { type Cluster, parseCluster, parseDisks, parseWaits, type Server } from "./survey";

/** How long a server may take to read its disks, in milliseconds, and how much longer for each partition: the last segment of its log, 1 GiB at most by default, at 100 MB/s. */
const READING_MS = { all: 600_000, each: 10_000 };

/** The script in the pods; see there. */
const SCRIPT = "partition-recovery.sh";

/** The way to the servers of a stack. */
export interface Access {
  /** The brokers that the stack has. */
  brokers(): Promise<Named[]>;
  /** Runs a command beside a server. @returns its standard output @throws with what it said when it fails */
  run(server: string, command: readonly string[], input?: Buffer): Promise<Buffer>;
  /** What a server says at `/quorum`. */
  quorum(server: string): Promise<string>;
  /** How long a server may take to begin to answer, in milliseconds. @default half a minute */
  readonly patience?: number;
}

/** What is known of the cluster and its brokers. */
export interface Survey {
  /** What the brokers that run say; undefined when none does. */
  readonly cluster: Cluster | undefined;
  /** Why none does. */
  readonly silence: string;
  readonly servers: readonly Server[];
}

/** Asks the cluster which partitions have no leader, and every broker of the stack what its disks have of them. */
export async function survey(access: Access): Promise<Survey> {
  const brokers = await access.brokers();
  const said = await clusterOf(access, brokers);
  const cluster = typeof said === "string" ? undefined : said;
  const asked = cluster?.offline ?? [];
  const input = Buffer.from(asked.map(({ name }) => `${name}\n`).join(""));
  const patience = READING_MS.all + asked.length * READING_MS.each;
  const servers = await Promise.all(
    brokers.map(async (broker): Promise<Server> => {
      const { name, id } = broker;
      const read = async () =>
        parseDisks((await access.run(name, [SCRIPT, "copies", String(input.length)], input)).toString(), asked);
      const ask = async () => ({ waits: parseWaits(await access.quorum(name)) });
      const inTime = <T extends object>(answer: () => Promise<T>) =>
        within(answerOf(answer, access.patience), patience, "it has not answered").catch(messageOf);
      const [disks, quorum] = await Promise.all([inTime(read), inTime(ask)]);
      const waits = typeof quorum !== "string" && quorum.waits;
      return { name, id, waits, runs: cluster?.running.includes(id) === true, disks };
    }),
  );
  return { cluster, silence: typeof said === "string" ? said : "", servers };
}

/** What the first broker says that answers; or why none does. */
function clusterOf(access: Access, brokers: readonly Named[]): Promise<Cluster | string> {
  const ask = async (name: string) => {
    try {
      return parseCluster((await access.run(name, [SCRIPT, "list"])).toString());
    } catch (error) {
      throw new Error(`${name}: ${messageOf(error)}`, { cause: error });
    }
  };
  const first = () =>
    Promise.any(brokers.map(({ name }) => ask(name))).catch((error: unknown) => {
      throw error instanceof AggregateError ? new Error(error.errors.map(messageOf).join("; ")) : error;
    });
  return answerOf(first, access.patience);
}

/**
 * Has the cluster make these servers the leaders.
 *
 * @returns the partitions of which this failed, and why
 * @throws when no broker could be asked to; then some may have a leader all the same.
 */
export async function makeLeaders(
  access: Access,
  elections: readonly Election[],
): Promise<ReadonlyMap<string, string>> {
  const lines = elections.map(({ partition: { name, replicas }, leader, order }) => {
    const same = order.length === replicas.length && order.every((id, at) => replicas[at] === id);
    return `${name} ${leader.id} ${same ? "-" : order.join(",")}\n`;
  });
  const input = Buffer.from(lines.join(""));
  // Of the leaders to be, each runs; the first one that answers does it for all.
  const pods = [...new Set(elections.map(({ leader }) => leader.name))];
  let why = "";
  for (const pod of pods) {
    try {
      const said = (await access.run(pod, [SCRIPT, "elect", String(input.length)], input)).toString();
      const answers = new Map(said.split("\n").map((line) => [line.split(" ")[0] ?? "", line.replace(/^\S+ /, "")]));
      return new Map(
        elections.flatMap(({ partition: { name } }) => {
          const answer = answers.get(name) ?? "the broker does not say";
          return answer === "ok" ? [] : [[name, answer] as const];
        }),
      );
    } catch (error) {
      why = messageOf(error);
    }
  }
  throw new Error(`No broker makes leaders (${why}). The command can be given again.`);
}

/**
 * Lets servers that wait for a lost disk begin with empty copies, and waits until they run.
 *
 * @param patience how long that may take, in milliseconds
 * @throws when one of them does not run in time; it waits again when it starts again.
 */
export async function begin(access: Access, servers: readonly Server[], patience: number): Promise<void> {
  try {
    for (const { name } of servers) {
      const said = await answerOf(() => access.run(name, [SCRIPT, "begin"]));
      if (typeof said === "string") throw new Error(`${name} cannot be told to begin: ${said}`);
    }
    await Promise.all(
      servers.map((server) =>
        until(async () => (await runs(access, server)) || undefined, {
          what: `${server.name} runs`,
          timeout: patience,
          late: () =>
            `${server.name} was told to begin, and does not run after ${patience / 1000} s: its log says why. The command can be given again.`,
        }),
      ),
    );
  } finally {
    // The order must hold over restarts of the container until then, and not for the next disk that is lost.
    await Promise.allSettled(servers.map(({ name }) => access.run(name, [SCRIPT, "begun"])));
  }
}

async function runs(access: Access, { name, id }: Server): Promise<boolean> {
  try {
    if (parseWaits(await access.quorum(name))) return false;
    return parseCluster((await access.run(name, [SCRIPT, "list"])).toString()).running.includes(id);
  } catch {
    return false; // it starts
  }
}
