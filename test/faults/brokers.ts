import assert from "node:assert/strict";
import { environmentOf, findProcesses } from "../../sandbox/host/process";
import { KafkaClient } from "../../services/src/kafka/client";
import { get, inPod, kubectl } from "../support/kubectl";
import { until } from "../support/until";
import { BOOTSTRAP, TOPIC } from "./load";

interface StatefulSet {
  readonly spec: { readonly replicas: number };
}

interface Pod {
  readonly status: { readonly containerStatuses: readonly { readonly restartCount: number }[] };
}

interface Pods {
  readonly items: readonly { readonly metadata: { readonly name: string; readonly uid: string } }[];
}

/** Creates the topic of the load if it is missing: its records outlive any single server. */
export async function ensureTopic(): Promise<void> {
  const shape = ["--partitions", "12", "--replication-factor", "3", "--config", "min.insync.replicas=2"];
  const create = ["kafka-topics.sh", "--bootstrap-server", "localhost:9092", "--create", "--if-not-exists"];
  await inPod("broker-0", ...create, "--topic", TOPIC, ...shape);
}

/** Waits until every broker is up and every partition has all its replicas in sync. */
export async function healthy(): Promise<void> {
  const client = new KafkaClient({ bootstrap: [BOOTSTRAP], clientId: "faults-health", requestTimeoutMs: 5_000 });
  try {
    await until("the brokers are healthy", 300, async () => {
      const { spec } = await get<StatefulSet>("statefulset", "broker", "-n", "kafka");
      const { brokers, topics } = await client.metadata(null);
      if (brokers.size !== spec.replicas) return `${brokers.size} of ${spec.replicas} brokers are up`;
      const behind = [...topics.values()].flatMap(({ name, partitions }) =>
        partitions
          .filter(({ isr, replicas, leader }) => leader < 0 || isr.length < replicas.length)
          .map(({ index }) => `${name}-${index}`),
      );
      return behind.length === 0 ? null : `not in sync: ${behind.slice(0, 5).join(", ")} of ${behind.length}`;
    });
  } finally {
    await client.close();
  }
}

/** The number of replicas on each broker, of all topics together. */
async function held(): Promise<ReadonlyMap<number, number>> {
  const client = new KafkaClient({ bootstrap: [BOOTSTRAP], clientId: "faults-replicas" });
  try {
    const { brokers, topics } = await client.metadata(null);
    const counts = new Map([...brokers.keys()].sort((one, other) => one - other).map((id) => [id, 0]));
    for (const id of [...topics.values()].flatMap(({ partitions }) => partitions.flatMap(({ replicas }) => replicas))) {
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return counts;
  } finally {
    await client.close();
  }
}

/** Asserts the number of brokers, and that their numbers of replicas differ by one at most. */
export async function assertSpread(brokers: number): Promise<void> {
  const counts = await held();
  const told = [...counts].map(([id, count]) => `${id}: ${count}`).join(", ");
  assert.equal(counts.size, brokers, told);
  assert.ok(Math.max(...counts.values()) - Math.min(...counts.values()) <= 1, told);
}

/** Ends pods at once, like the loss of their processes. */
export async function kill(...pods: string[]): Promise<void> {
  await kubectl(
    "delete",
    "pod",
    ...pods,
    "-n",
    "kafka",
    "--grace-period=0",
    "--force",
    "--wait=false",
    "--ignore-not-found",
  );
}

/** Waits until these pods have been replaced and are ready. */
export async function back(before: ReadonlyMap<string, string>, ...pods: string[]): Promise<void> {
  await until(`${pods.join(", ")} came back`, 300, async () => {
    const now = await identities();
    const old = pods.filter((pod) => now.get(pod) === undefined || now.get(pod) === before.get(pod));
    if (old.length > 0) return `${old.join(", ")} did not`;
    await kubectl("wait", "pod", ...pods, "-n", "kafka", "--for=condition=Ready", "--timeout=5s");
    return null;
  });
}

/** Kills pods and waits until they are ready again. */
export async function killAndReturn(...pods: string[]): Promise<void> {
  const before = await identities();
  await kill(...pods);
  await back(before, ...pods);
}

/**
 * Kills a pod's Java process, as the OOM killer would: the other servers are not told. Resolves when the kubelet's replacement container is ready.
 */
export async function crash(pod: string): Promise<void> {
  const { status } = await get<Pod>("pod", pod, "-n", "kafka");
  const restarts = (status.containerStatuses[0]?.restartCount ?? 0) + 1;
  const java = findProcesses(([program]) => program === "java");
  const server = java.find(({ pid }) => environmentOf(pid).includes(`POD_NAME=${pod}`));
  assert.ok(server !== undefined, `no Java process of ${pod} runs`);
  process.kill(server.pid, "SIGKILL");
  for (const condition of [`jsonpath={.status.containerStatuses[0].restartCount}=${restarts}`, "condition=Ready"]) {
    await kubectl("wait", "pod", pod, "-n", "kafka", `--for=${condition}`, "--timeout=120s");
  }
}

/** Empties the disk of a running server. */
export async function emptyDisk(pod: string): Promise<void> {
  await inPod(pod, "bash", "-c", 'for dir in ${KAFKA_DATA_DIRS//,/ }; do rm -rf "$dir"/*; done');
}

/** Empties the disk of a server and kills it. */
export async function loseDisk(pod: string): Promise<void> {
  const before = await identities();
  await emptyDisk(pod);
  await kill(pod);
  await back(before, pod);
}

/** The uid of each server's pod, which changes with a restart of the pod. */
export async function identities(): Promise<ReadonlyMap<string, string>> {
  const { items } = await get<Pods>("pods", "-n", "kafka", "-l", "app.kubernetes.io/component in (broker,controller)");
  return new Map(items.map(({ metadata }) => [metadata.name, metadata.uid]));
}
