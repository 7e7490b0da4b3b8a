import { KafkaClient, parseBootstrap } from "../kafka/client.js";
import { type Begun, readBegun, refuseIfLeft } from "./begun.js";
import { hasNoAddress, nobodyListens } from "./brokers.js";
import { Cluster } from "./cluster.js";
import { RefusedError } from "./refused.js";

/** What the program works with; tests bring their own. */
export interface ProgramEnvironment {
  readonly bootstrap: string;
  readonly print: (line: string) => void;
  /** Aborted when the process is asked to stop. */
  readonly signal: AbortSignal;
  /** File with what has begun to run, see {@link readBegun}. @default nothing is known of it */
  readonly begun?: string | undefined;
  /** Milliseconds for which servers that only restart may all refuse to be connected to. @default 60,000 */
  readonly restartsMs?: number | undefined;
}

/** Options that most commands have. */
export interface Common {
  /** Seconds. */
  readonly wait: number;
  /** Name of the brokers, of which no address, or addresses that all refuse to be connected to, mean that no broker runs, see {@link withCluster}. */
  readonly absentOk?: string;
}

/** Options of commands that copy partitions. */
export interface Copying extends Common {
  readonly throttle: number;
  readonly batchBytes?: number;
  /** Seconds. */
  readonly stall: number;
}

const DEFAULT_PATIENCE_S = 120;

/**
 * Runs an action on the cluster that the environment names, and closes the connections afterwards. Where no broker runs, and that is allowed, there is nothing to do, unless something leaves that
 * has begun to run: brokers that have no address, and brokers that all refuse connections, which this change may be what mends.
 *
 * @param leaving - what leaves, of what has begun
 * @throws {@link RefusedError} when the address is none, or when what leaves cannot be emptied first.
 */
export async function withCluster(
  environment: ProgramEnvironment,
  options: Partial<Common>,
  action: (cluster: Cluster) => Promise<void>,
  leaving: (begun: Begun) => readonly string[] = () => [],
): Promise<void> {
  const { absentOk } = options;
  if (absentOk !== undefined && (await hasNoAddress(absentOk))) {
    const record = await readBegun(environment.begun);
    const why = `${absentOk} has no address`;
    refuseIfLeft(why, leaving(record ?? { brokers: [], controllers: [] }));
    environment.print(
      `${why}: ${record ? "nothing runs that leaves" : "no broker runs yet"}, so there is nothing to do.`,
    );
    return;
  }
  const bootstrap = readBootstrap(environment.bootstrap);
  const port = bootstrap[0]?.port;
  if (absentOk !== undefined && port !== undefined && (await areDown(environment, absentOk, port))) {
    const record = await readBegun(environment.begun);
    // Without a record it is not known what a broker that is down holds.
    if (record !== undefined) {
      const why = `nobody listens at ${absentOk}:${port}`;
      refuseIfLeft(why, leaving(record));
      environment.print(`${why}: no broker runs, and nothing leaves, so there is nothing to do.`);
      return;
    }
  }
  const client = new KafkaClient({ bootstrap, clientId: "ops", requestTimeoutMs: 30_000 });
  try {
    await action(new Cluster(client, (options.wait ?? DEFAULT_PATIENCE_S) * 1_000, environment.signal));
  } finally {
    await client.close();
  }
}

const RESTARTS_MS = 60_000;

/** Since when brokers refuse connections, in milliseconds: the next command of the same run need not wait again. */
const refusedSince = new WeakMap<ProgramEnvironment, number>();

/** Whether brokers have refused all connections for longer than a restart takes. */
async function areDown(environment: ProgramEnvironment, host: string, port: number): Promise<boolean> {
  for (;;) {
    if (!(await nobodyListens(host, port))) {
      refusedSince.delete(environment);
      return false;
    }
    const since = refusedSince.get(environment) ?? Date.now();
    refusedSince.set(environment, since);
    if (Date.now() - since >= (environment.restartsMs ?? RESTARTS_MS)) return true;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

function readBootstrap(text: string): ReturnType<typeof parseBootstrap> {
  try {
    return parseBootstrap(text);
  } catch (error) {
    throw new RefusedError(`KAFKA_BOOTSTRAP_ADDRESS: ${(error as Error).message}`);
  }
}
