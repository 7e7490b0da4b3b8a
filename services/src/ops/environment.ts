import { KafkaClient, parseBootstrap } from "../kafka/client.js";
import { type Begun, readBegun, refuseIfLeft } from "./begun.js";
import { hasNoAddress } from "./brokers.js";
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
}

/** Options that most commands have. */
export interface Common {
  /** Seconds. */
  readonly wait: number;
  /** Name of which no address means that no broker runs, see {@link withCluster}. */
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
 * Runs an action on the cluster that the environment names, and closes the connections afterwards. Where no broker has an address, and that is allowed, there is nothing to do, unless something
 * leaves that has begun to run.
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
    refuseIfLeft(absentOk, leaving(record ?? { brokers: [], controllers: [] }));
    environment.print(
      `${absentOk} has no address: ${record ? "nothing runs that leaves" : "no broker runs yet"}, so there is nothing to do.`,
    );
    return;
  }
  const bootstrap = readBootstrap(environment.bootstrap);
  const client = new KafkaClient({ bootstrap, clientId: "ops", requestTimeoutMs: 30_000 });
  try {
    await action(new Cluster(client, (options.wait ?? DEFAULT_PATIENCE_S) * 1_000, environment.signal));
  } finally {
    await client.close();
  }
}

function readBootstrap(text: string): ReturnType<typeof parseBootstrap> {
  try {
    return parseBootstrap(text);
  } catch (error) {
    throw new RefusedError(`KAFKA_BOOTSTRAP_ADDRESS: ${(error as Error).message}`);
  }
}
