/**
 * `npm run client -- kafka-topics --list`: runs one of Kafka's tools in a pod of its own beside the brokers, with this process's input and
 * output. Works through the Kubernetes API alone: no broker port need be open to the caller, and nothing of Kafka need be installed.
 */
import "../../sandbox/host/check-node";
import { AppsV1Api, CoreV1Api, Exec, type KubeConfig, type V1Status } from "@kubernetes/client-node";
import { Command } from "commander";
import { Writable } from "node:stream";
import { kubeConfig, messageOf, untilPod } from "../kubernetes";
import { namespaceOf, type StackOptions, stackOptions } from "../stack-options";
import { CLIENT, clientPod } from "./pod";
import { toolCommand } from "./tool";

/** StatefulSet of the brokers, whose image has the tools. */
const BROKERS = "broker";

/** Longest wait for the pod to start, in milliseconds: a node may have to pull the image first. */
const START_TIMEOUT_MS = 300_000;

/** What is asked of the connection to a pod. */
interface Closing {
  on(event: "close", listener: () => void): unknown;
}

async function client(command: readonly string[], options: StackOptions): Promise<number> {
  const namespace = namespaceOf(process.cwd(), options);
  const config = await kubeConfig(options.context);
  const api = config.makeApiClient(CoreV1Api);
  const brokers = await config
    .makeApiClient(AppsV1Api)
    .readNamespacedStatefulSet({ name: BROKERS, namespace })
    .catch((error: unknown) => {
      throw new Error(
        `There is no StatefulSet ${BROKERS} in namespace ${namespace}: is the stack up? (${messageOf(error)})`,
      );
    });
  const created = await api.createNamespacedPod({ namespace, body: clientPod(brokers) });
  const name = created.metadata?.name ?? "";
  const remove = () => api.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 1 }).catch(() => undefined);
  process.once("SIGINT", () => void remove().then(() => process.exit(130)));
  process.once("SIGTERM", () => void remove().then(() => process.exit(143)));
  try {
    const pod = await untilPod(api, name, namespace, ({ status }) => status?.phase !== "Pending", START_TIMEOUT_MS);
    if (pod.status?.phase !== "Running") {
      throw new Error(`Pod ${name} ended before the tool ran: ${pod.status?.message ?? pod.status?.phase ?? ""}`);
    }
    return exitCodeOf(await execute(config, namespace, name, command));
  } finally {
    process.stdin.destroy();
    await remove();
  }
}

/** Runs a command in the pod. @throws when the connection is lost before the command has ended */
function execute(config: KubeConfig, namespace: string, pod: string, command: readonly string[]): Promise<V1Status> {
  return new Promise((resolve, reject) => {
    const ended = (status: V1Status) => {
      resolve(status);
    };
    new Exec(config)
      .exec(
        namespace,
        pod,
        CLIENT,
        [...command],
        copyTo(process.stdout),
        copyTo(process.stderr),
        process.stdin,
        false,
        ended,
      )
      .then((socket: Closing) => {
        socket.on("close", () => {
          reject(new Error(`The connection to pod ${pod} was lost while ${command[0] ?? ""} ran.`));
        });
      }, reject);
  });
}

/** Writes to a stream of this process, which others go on using: the end of what is copied is not its end. */
function copyTo(stream: NodeJS.WriteStream): Writable {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) =>
      stream.write(chunk, () => {
        done();
      }),
  });
}

/** Exit code of a command from the status that Kubernetes ends it with. @throws when it could not be run */
function exitCodeOf({ status, message, details }: V1Status): number {
  if (status === "Success") return 0;
  const code = details?.causes?.find(({ reason }) => reason === "ExitCode")?.message;
  if (code === undefined) throw new Error(message ?? "Kubernetes does not say why the tool could not be run.");
  return Number(code);
}

stackOptions(
  new Command("npm run client --")
    .description("Kafka's own tools, in a pod beside the brokers. The brokers' address is added where it is left out.")
    .argument("<tool>", "such as kafka-topics, kafka-console-producer, kafka-console-consumer, kafka-consumer-groups")
    .argument("[words...]", "what the tool is given"),
)
  .passThroughOptions()
  .action(async (tool: string, words: string[], options: StackOptions) => {
    process.exitCode = await client(toolCommand(tool, words), options);
  })
  .parseAsync()
  .catch((error: unknown) => {
    console.error(messageOf(error));
    process.exitCode = 1;
  });
