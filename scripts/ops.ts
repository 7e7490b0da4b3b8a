/**
 * `npm run ops -- status|verify|rebalance|elect-leaders|drain|topics …`: runs the ops program in a pod of its own, made from the stack's PodTemplate, and shows what
 * it says. Works through the Kubernetes API alone: no broker port need be open to the caller.
 */
import "../sandbox/host/check-node";
import { CoreV1Api, KubeConfig, Log, type V1Pod } from "@kubernetes/client-node";
import { Command } from "commander";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

const TEMPLATE = "ops";
const SANDBOX = join(process.cwd(), ".sandbox", "kubeconfig");

/** Longest wait for the pod to start, in milliseconds. */
const START_TIMEOUT_MS = 120_000;
const POLL_MS = 200;

interface Options {
  readonly context?: string;
  readonly namespace: string;
}

function kubeConfig(context: string | undefined): KubeConfig {
  const config = new KubeConfig();
  if (context !== undefined) {
    config.loadFromDefault();
    if (!config.getContextObject(context)) {
      const known = config.getContexts().map(({ name }) => name);
      throw new Error(`Your kubeconfig has no context ${context}; it has ${known.join(", ") || "none"}.`);
    }
    config.setCurrentContext(context);
  } else if (existsSync(SANDBOX)) {
    config.loadFromFile(SANDBOX);
  } else {
    throw new Error("The sandbox does not run here. Start it with `npm start`, or name a context with --context.");
  }
  return config;
}

async function ops(words: readonly string[], { context, namespace }: Options): Promise<number> {
  const config = kubeConfig(context);
  const api = config.makeApiClient(CoreV1Api);
  const template = await api.readNamespacedPodTemplate({ name: TEMPLATE, namespace }).catch((error: unknown) => {
    throw new Error(
      `There is no PodTemplate ${TEMPLATE} in namespace ${namespace}: is the stack up? (${message(error)})`,
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
  const remove = () => api.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 5 }).catch(() => undefined);
  process.once("SIGINT", () => void remove().then(() => process.exit(130)));
  try {
    await until(api, name, namespace, ({ status }) => status?.phase !== "Pending", START_TIMEOUT_MS);
    await follow(config, namespace, name, container.name);
    const ended = await until(
      api,
      name,
      namespace,
      ({ status }) => status?.phase === "Succeeded" || status?.phase === "Failed",
    );
    return ended.status?.containerStatuses?.[0]?.state?.terminated?.exitCode ?? 1;
  } finally {
    await remove();
  }
}

async function until(
  api: CoreV1Api,
  name: string,
  namespace: string,
  done: (pod: V1Pod) => boolean,
  timeout = Infinity,
): Promise<V1Pod> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const pod = await api.readNamespacedPod({ name, namespace });
    if (done(pod)) return pod;
    if (Date.now() > deadline) {
      const waiting = pod.status?.containerStatuses?.[0]?.state?.waiting;
      throw new Error(`Pod ${name} did not start: ${waiting?.message ?? waiting?.reason ?? "it is not scheduled"}`);
    }
    await delay(POLL_MS);
  }
}

/** Copies the pod's output to this process's until it ends. */
async function follow(config: KubeConfig, namespace: string, pod: string, container: string): Promise<void> {
  const out = new Writable({
    write: (chunk: Buffer, _encoding, done) =>
      process.stdout.write(chunk, () => {
        done();
      }),
  });
  await new Promise<void>((resolve, reject) => {
    out.on("finish", resolve).on("error", reject);
    new Log(config).log(namespace, pod, container, out, { follow: true }).catch(reject);
  });
}

const message = (error: unknown): string =>
  error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);

new Command("ops")
  .description(
    "Kafka's day-two work, in a pod of the stack. `npm run ops -- help` lists the commands of the ops program.",
  )
  .argument("[words...]", "command of the ops program, such as status, verify, topics or rebalance")
  .option("--context <name>", "use this context of your kubeconfig instead of the sandbox")
  .option("-n, --namespace <name>", "namespace of the stack", "kafka")
  .allowUnknownOption()
  .helpOption(false)
  .action(async (words: string[], options: Options) => {
    process.exitCode = await ops(words.length > 0 ? words : ["status"], options);
  })
  .parseAsync()
  .catch((error: unknown) => {
    console.error(message(error));
    process.exitCode = 1;
  });
