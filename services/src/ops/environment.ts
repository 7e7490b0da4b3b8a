import { KafkaClient, parseBootstrap } from "../kafka/client.js";
import type { Records } from "./begun.js";
import { Cluster } from "./cluster.js";
import { RefusedError } from "./refused.js";

/** The program's environment; tests bring their own. */
export interface ProgramEnvironment extends Records {
  readonly bootstrap: string;
  /** Directory with a certificate. @default no TLS */
  readonly tlsDirectory?: string | undefined;
  /** Directory with the passwords of users. @default none has one */
  readonly passwords?: string | undefined;
  /** Directory with the key for orders to controllers. @default those of older versions need none */
  readonly orders?: string | undefined;
  readonly print: (line: string) => void;
  /** Aborted when the process is asked to stop. */
  readonly signal: AbortSignal;
}

/** Options of most commands. */
export interface Common {
  /** Seconds. */
  readonly wait: number;
}

/** Options of commands that copy partitions. */
export interface Copying extends Common {
  readonly throttle: number;
  readonly batchBytes?: number;
  /** Seconds. */
  readonly stall: number;
  /** Percent. */
  readonly diskLimit: number;
}

const DEFAULT_PATIENCE_S = 120;

/**
 * Runs an action on the environment's cluster, and closes the connections afterwards.
 *
 * @throws {@link RefusedError} when the address is malformed.
 */
export async function withCluster(
  environment: ProgramEnvironment,
  options: Partial<Common>,
  action: (cluster: Cluster) => Promise<void>,
): Promise<void> {
  const bootstrap = readBootstrap(environment.bootstrap);
  const { tlsDirectory } = environment;
  const client = new KafkaClient({ bootstrap, clientId: "ops", requestTimeoutMs: 30_000, tlsDirectory });
  try {
    await action(new Cluster(client, (options.wait ?? DEFAULT_PATIENCE_S) * 1_000, environment.signal));
  } finally {
    await client.close();
  }
}

/** The brokers to contact first. @throws RefusedError when the text names none */
export function readBootstrap(text: string): ReturnType<typeof parseBootstrap> {
  try {
    return parseBootstrap(text);
  } catch (error) {
    throw new RefusedError(`KAFKA_BOOTSTRAP_ADDRESS: ${(error as Error).message}`);
  }
}
