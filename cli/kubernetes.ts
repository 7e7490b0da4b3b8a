/** What `ops` and `client` share: each creates a pod and runs a command in it. */
import { type CoreV1Api, Exec, KubeConfig, type V1Pod, type V1Status } from "@kubernetes/client-node";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Readable, Writable } from "node:stream";
import { notYet, until } from "kafka-stack-waiting";
import { loadKubeconfig } from "../components/kubernetes/kubeconfig";
import { sandboxRoot } from "../sandbox";

const POLL_MS = 200;

/**
 * Address and credentials of a cluster: those of a context in the user's kubeconfig, or else the sandbox's.
 *
 * @throws when there is no such context, or none was named and the sandbox does not run.
 */
export async function kubeConfig(context: string | undefined): Promise<KubeConfig> {
  if (context !== undefined) return loadKubeconfig(new KubeConfig(), { context });
  const sandbox = join(sandboxRoot(), "kubeconfig");
  if (existsSync(sandbox)) return loadKubeconfig(new KubeConfig(), { kubeconfig: sandbox });
  throw new Error("The sandbox does not run here. Start it with `npm start`, or name a context with --context.");
}

/**
 * Waits until a pod is in the wanted state.
 *
 * @param timeout longest wait in milliseconds.
 * @throws when the time is over, with what the pod waits for.
 */
export async function untilPod(
  api: CoreV1Api,
  name: string,
  namespace: string,
  done: (pod: V1Pod) => boolean,
  timeout = Infinity,
): Promise<V1Pod> {
  const look = async () => {
    const pod = await api.readNamespacedPod({ name, namespace });
    if (done(pod)) return pod;
    const waiting = pod.status?.containerStatuses?.[0]?.state?.waiting;
    return notYet(waiting?.message ?? waiting?.reason ?? "it is not scheduled");
  };
  const late = (why: string) => `Pod ${name} did not start: ${why}`;
  return until(look, { what: `pod ${name} runs`, timeout, interval: POLL_MS, late });
}

/** The container in which a command runs. */
export interface ExecTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** What a command reads and writes. */
export interface Streams {
  /** @default nothing */
  readonly stdin?: Readable | undefined;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** The part of a WebSocket that is used here. */
interface Closing {
  on(event: "close", listener: () => void): unknown;
}

/**
 * Runs a command in a pod.
 *
 * @returns the status that Kubernetes ends it with.
 * @throws when the connection cannot be made, or is lost before the command has ended.
 */
export function execute(
  config: KubeConfig,
  { namespace, pod, container }: ExecTarget,
  command: readonly string[],
  { stdin, stdout, stderr }: Streams,
): Promise<V1Status> {
  return new Promise((resolve, reject) => {
    new Exec(config).exec(namespace, pod, container, [...command], stdout, stderr, stdin ?? null, false, resolve).then(
      (socket: Closing) => {
        socket.on("close", () => {
          reject(new Error(`The connection to pod ${pod} was lost while ${command[0] ?? ""} ran.`));
        });
      },
      (error: unknown) => {
        // A connection's failure is an event, not an error.
        reject(error instanceof Error ? error : new Error((error as { message?: string }).message ?? String(error)));
      },
    );
  });
}

/** Writes to a stream of this process without ending it: others continue to use it. */
export function copyTo(stream: NodeJS.WriteStream): Writable {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) =>
      stream.write(chunk, () => {
        done();
      }),
  });
}

/** Says that a pod of a command could not be removed: it ends by itself, and stays to be seen. */
export const leftBehind =
  (pod: string, namespace: string) =>
  (error: unknown): void => {
    console.error(
      `Pod ${pod} could not be removed (${messageOf(error)}): kubectl delete pod -n ${namespace} ${pod} does it.`,
    );
  };

/** The first line of an error. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
