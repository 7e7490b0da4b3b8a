import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import { PassThrough, Writable } from "node:stream";
import { type GaveUp, until } from "kafka-stack-waiting";
import { firstNodeId, type Pool } from "../components/kafka/node-ids";
import { execute, messageOf } from "./kubernetes";

/** ConfigMap with what the servers read when they start. */
const CONFIG = "kafka-config";

/** How long a server may take to begin to answer, in milliseconds; a container that has just ended is tried again. */
const PATIENCE_MS = 30_000;

/** Size of the chunks sent to a pod: the API server limits the size of messages. */
const FRAME_BYTES = 32_768;

/** A server of the stack. */
export interface Named {
  /** Name of its pod. */
  readonly name: string;
  /** Its node id. */
  readonly id: number;
}

/** The servers of a pool, by their number. */
export const serversOf = (pool: Pool, count: number): Named[] =>
  Array.from({ length: count }, (_, ordinal) => ({ name: `${pool}-${ordinal}`, id: firstNodeId(pool) + ordinal }));

/** The servers of a stack, through the Kubernetes API alone. */
export class Pods {
  private readonly core: CoreV1Api;

  constructor(
    readonly config: KubeConfig,
    readonly namespace: string,
  ) {
    this.core = config.makeApiClient(CoreV1Api);
  }

  /**
   * What the servers of the stack read when they start, by file.
   *
   * @throws when there is no stack.
   */
  async settings(): Promise<Readonly<Record<string, string>>> {
    const { namespace } = this;
    return this.core
      .readNamespacedConfigMap({ name: CONFIG, namespace })
      .then(({ data }) => data ?? {})
      .catch((error: unknown) => {
        throw new Error(
          `There is no ConfigMap ${CONFIG} in namespace ${namespace}: is the stack up? (${messageOf(error)})`,
        );
      });
  }

  /** Runs a command in a server's pod. @returns its standard output @throws with what it said when it fails */
  async run(pod: string, command: readonly string[], input?: Buffer): Promise<Buffer> {
    const { spec } = await this.core.readNamespacedPod({ name: pod, namespace: this.namespace });
    const [out, err] = [new Collected(), new Collected()];
    // The input stays open, because closing it would close the connection before the command has answered. The command gets the length of its input as an argument.
    const stdin = input === undefined ? undefined : new PassThrough();
    for (let at = 0; at < (input?.length ?? 0); at += FRAME_BYTES) stdin?.write(input?.subarray(at, at + FRAME_BYTES));
    const place = { namespace: this.namespace, pod, container: spec?.containers[0]?.name ?? "" };
    const status = await execute(this.config, place, command, { stdin, stdout: out, stderr: err });
    if (status.status !== "Success") {
      throw new Error(err.text().trim().split("\n").at(-1) || (status.message ?? "it failed"));
    }
    return out.content();
  }

  /** What a server says of its quorum, and of its disks. */
  async quorum(pod: string): Promise<string> {
    const ask = 'exec 3<>/dev/tcp/localhost/8080; printf "GET /quorum HTTP/1.0\\r\\n\\r\\n" >&3; cat <&3';
    return (await this.run(pod, ["bash", "-c", ask])).toString();
  }

  /** Restarts a server at once. */
  async restart(pod: string): Promise<void> {
    await this.core.deleteNamespacedPod({ name: pod, namespace: this.namespace, gracePeriodSeconds: 1 });
  }
}

/**
 * Asks a server until it answers.
 *
 * @param patience how long it may take to begin to answer, in milliseconds. @default half a minute
 * @returns the answer, or why there is none
 */
export async function answerOf<T extends object>(ask: () => Promise<T>, patience = PATIENCE_MS): Promise<T | string> {
  const wait = { what: "it answers", timeout: patience, interval: 1_000, despite: () => true };
  return until(ask, wait).catch((error: unknown) => messageOf((error as GaveUp).cause));
}

/** Keeps what is written to it. */
class Collected extends Writable {
  private readonly chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }

  content(): Buffer {
    return Buffer.concat(this.chunks);
  }

  text(): string {
    return this.content().toString();
  }
}
