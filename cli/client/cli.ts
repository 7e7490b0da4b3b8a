/**
 * `npm run client -- kafka-topics --list`: runs one of Kafka's tools in a pod of its own beside the brokers, with this process's input and
 * output. It needs only the Kubernetes API: no broker port has to be open to the caller, and nothing of Kafka has to be installed.
 */
import { AppsV1Api, CoreV1Api, type V1Status } from "@kubernetes/client-node";
import { Command } from "commander";
import { copyTo, execute, kubeConfig, leftBehind, messageOf, untilPod } from "../kubernetes";
import { namespaceOf, namespaceOption, type StackOptions, stackOptions } from "../stack-options";
import { CLIENT, clientPod } from "./pod";
import { toolCommand } from "./tool";

/** StatefulSet of the brokers, whose image has the tools. */
const BROKERS = "broker";

/** Longest wait for the pod to start, in milliseconds: a node may have to pull the image first. */
const START_TIMEOUT_MS = 300_000;

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
  const remove = () =>
    api.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 1 }).catch(leftBehind(name, namespace));
  process.once("SIGINT", () => void remove().then(() => process.exit(130)));
  process.once("SIGTERM", () => void remove().then(() => process.exit(143)));
  try {
    const pod = await untilPod(api, name, namespace, ({ status }) => status?.phase !== "Pending", START_TIMEOUT_MS);
    if (pod.status?.phase !== "Running") {
      throw new Error(`Pod ${name} ended before the tool ran: ${pod.status?.message ?? pod.status?.phase ?? ""}`);
    }
    const streams = { stdin: process.stdin, stdout: copyTo(process.stdout), stderr: copyTo(process.stderr) };
    return exitCodeOf(await execute(config, { namespace, pod: name, container: CLIENT }, command, streams));
  } finally {
    process.stdin.destroy();
    await remove();
  }
}

/** Exit code of a command from the status that Kubernetes ends it with. @throws when it could not be run */
function exitCodeOf({ status, message, details }: V1Status): number {
  if (status === "Success") return 0;
  const code = details?.causes?.find(({ reason }) => reason === "ExitCode")?.message;
  if (code === undefined) throw new Error(message ?? "Kubernetes does not say why the tool could not be run.");
  return Number(code);
}

export const command = namespaceOption(
  stackOptions(
    new Command("npm run client --")
      .description(
        "Kafka's own tools, in a pod beside the brokers. The brokers' address is added where it is left out.",
      )
      .argument("<tool>", "such as kafka-topics, kafka-console-producer, kafka-console-consumer, kafka-consumer-groups")
      .argument("[words...]", "what the tool is given"),
  ),
)
  .passThroughOptions()
  .action(async (tool: string, words: string[], options: StackOptions) => {
    process.exitCode = await client(toolCommand(tool, words), options);
  });
