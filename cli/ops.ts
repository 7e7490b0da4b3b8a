/**
 * `npm run ops -- status|verify|rebalance|elect-leaders|drain|topics …`: runs the ops program in a pod of its own, made from the stack's PodTemplate, and prints
 * its output. It needs only the Kubernetes API: no broker port has to be open to the caller. `recover-quorum` and `recover-partitions` run in this process, because they need what
 * is on the servers' disks, and so do `page` and `top`, which open a port of this machine.
 */
import { CoreV1Api, type KubeConfig, Log } from "@kubernetes/client-node";
import { Command } from "commander";
import { HEAP_EXHAUSTED } from "../components/jobs/exit-codes";
import { copyTo, kubeConfig, leftBehind, messageOf, untilPod } from "./kubernetes";
import { page } from "./page";
import { recoverPartitions } from "./recover-partitions/command";
import { recoverQuorum } from "./recover-quorum/command";
import { restartingServers } from "./restarting";
import { namespaceOf, namespaceOption, type StackOptions, stackOptions } from "./stack-options";
import { top } from "./top";

const TEMPLATE = "ops";

/** Longest wait for the pod to start, in milliseconds. */
const START_TIMEOUT_MS = 120_000;

async function ops(words: readonly string[], options: StackOptions): Promise<number> {
  const namespace = namespaceOf(process.cwd(), options);
  const config = await kubeConfig(options.context);
  const api = config.makeApiClient(CoreV1Api);
  const template = await api.readNamespacedPodTemplate({ name: TEMPLATE, namespace }).catch((error: unknown) => {
    throw new Error(
      `There is no PodTemplate ${TEMPLATE} in namespace ${namespace}: is the stack up? (${messageOf(error)})`,
    );
  });
  const spec = template.template?.spec;
  const container = spec?.containers[0];
  if (!spec || !container) throw new Error(`The PodTemplate ${TEMPLATE} in namespace ${namespace} has no container.`);
  const created = await api.createNamespacedPod({
    namespace,
    body: {
      metadata: { generateName: "ops-", labels: template.template?.metadata?.labels ?? {} },
      spec: { ...spec, containers: [{ ...container, args: [...words] }] },
    },
  });
  const name = created.metadata?.name ?? "";
  const remove = () =>
    api.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 5 }).catch(leftBehind(name, namespace));
  process.once("SIGINT", () => void remove().then(() => process.exit(130)));
  try {
    await untilPod(api, name, namespace, ({ status }) => status?.phase !== "Pending", START_TIMEOUT_MS);
    await follow(config, namespace, name, container.name);
    const ended = await untilPod(
      api,
      name,
      namespace,
      ({ status }) => status?.phase === "Succeeded" || status?.phase === "Failed",
    );
    const { exitCode = 1, reason } = ended.status?.containerStatuses?.[0]?.state?.terminated ?? {};
    if (reason === "OOMKilled" || exitCode === HEAP_EXHAUSTED) {
      console.error(
        "The command needs more memory than its pod may have: raise operations.resources.limits.memory, run `up`, and run this again.",
      );
    }
    if (words[0] === "status" && !words.includes("--json")) await showRestarts(config, namespace);
    return exitCode;
  } finally {
    await remove();
  }
}

/** Prints which servers restart, and why: Kafka does not know it. */
async function showRestarts(config: KubeConfig, namespace: string): Promise<void> {
  try {
    (await restartingServers(config, namespace)).forEach((line) => {
      console.log(line);
    });
  } catch (error) {
    console.error(`Which servers are still to restart is not known: ${messageOf(error)}`);
  }
}

/** Copies the pod's output to this process's until it ends. */
async function follow(config: KubeConfig, namespace: string, pod: string, container: string): Promise<void> {
  const out = copyTo(process.stdout);
  await new Promise<void>((resolve, reject) => {
    out.on("finish", resolve).on("error", reject);
    new Log(config).log(namespace, pod, container, out, { follow: true }).catch(reject);
  });
}

/** Whether the arguments ask for help and not for work. */
const asksForHelp = (words: readonly string[]): boolean =>
  words[0] === "help" || words.includes("--help") || words.includes("-h");

/** Prints the help of the ops program, without a cluster. */
async function help(words: readonly string[]): Promise<void> {
  if (words.length === 1) console.log(command.helpInformation());
  const { createProgram } = await import("../services/src/ops/program.js");
  const print = (line: string) => {
    console.log(line);
  };
  await createProgram({ bootstrap: "", print, signal: new AbortController().signal })
    .exitOverride()
    .parseAsync([...words], { from: "user" })
    .catch((error: unknown) => {
      // Commander throws this once it has shown its help.
      if (!(error instanceof Error && "exitCode" in error)) throw error;
    });
}

export const command: Command = namespaceOption(
  stackOptions(
    new Command("npm run ops --")
      .description("Kafka's day-two operations, in a pod of the stack. Everything but its help needs a cluster.")
      .usage("[options] [command of the ops program, default: status]")
      .argument("[words...]", "command of the ops program, such as status, verify, topics or rebalance"),
  ),
)
  .addCommand(page())
  .addCommand(top())
  .addCommand(recoverQuorum())
  .addCommand(recoverPartitions())
  .allowUnknownOption()
  .helpOption(false)
  .helpCommand(false)
  .action(async (words: string[], options: StackOptions) => {
    if (asksForHelp(words)) await help(words);
    else process.exitCode = await ops(words.length > 0 ? words : ["status"], options);
  });
