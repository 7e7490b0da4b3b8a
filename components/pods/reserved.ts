import { CHAT_PORTS, HEALTH_PORT, KAFKA_PORTS, METRICS_PORT, ZOOKEEPER_PORTS } from "../kubernetes/ports";
import type { PodKind } from "../kubernetes/pod-overlays";

/*
 * What the stack itself has in its pods. Most of it is reserved in every kind of pod, even where only some have it: so there is one rule to state,
 * and a later version may use it elsewhere. A test compares this with the pods of every stack.
 */

/** Names of containers. */
export const CONTAINERS: ReadonlySet<string> = new Set([
  "broker",
  "controller",
  "zookeeper",
  "rack",
  "kproducer",
  "kconsumer",
  "ops",
  "tool",
  "directories",
  "certificates",
  "lag-exporter",
]);

/** Names of volumes, including those of claims. */
export const VOLUMES =
  /^(config|tmp|rack|account|secret|tls|orders|passwords|begun|earlier|cluster|data-\d+|parent-\d+)$/;

/** Directories: nothing may be mounted at, in or around them. */
export const DIRECTORIES: readonly string[] = [
  "/app",
  "/dev",
  "/etc/begun",
  "/etc/earlier",
  "/etc/kafka",
  "/etc/kafka-orders",
  "/etc/kafka-passwords",
  "/etc/kafka-rack",
  "/etc/kafka-tls",
  "/etc/kchat",
  "/etc/ops",
  "/opt/kafka/bin",
  "/opt/kafka/etc",
  "/opt/kafka/libs",
  "/proc",
  "/sys",
  "/tmp",
  "/var/lib/kafka",
  "/var/run/secrets/kubernetes.io/serviceaccount",
];

/** Variables. `KAFKA_OPTS` is Kafka's own way to add JVM options, such as an agent. */
export const VARIABLES =
  /^((KAFKA|KCHAT|LAG|ZOOKEEPER)_(?!OPTS$).*|POD_NAME|POD_NAMESPACE|NODE_NAME|NODE_OPTIONS|PATH|JAVA_HOME|LD_PRELOAD)$/;

/** Labels and annotations by which the stack and Kubernetes' controllers find pods. */
export const LABELS =
  /^(app\.kubernetes\.io\/(name|instance|component|part-of|managed-by)|kafka-stack\/.*|(statefulset|apps|batch)\.kubernetes\.io\/.*|pod-template-hash|controller-revision-hash|controller-uid|job-name)$/;

/** Annotations of the stack. */
export const ANNOTATIONS = /^kafka-stack\//;

const kafka = [...Object.values(KAFKA_PORTS), METRICS_PORT];

/** Ports that the pods of a kind listen on. */
export const LISTENED: Readonly<Record<PodKind, readonly number[]>> = {
  broker: kafka,
  controller: kafka,
  zookeeper: [...Object.values(ZOOKEEPER_PORTS), HEALTH_PORT, METRICS_PORT],
  kproducer: [CHAT_PORTS.producer],
  kconsumer: [CHAT_PORTS.consumer],
  job: [],
};

/** Resources with keys of their own: setting them here too would give one thing two values. */
export const QUANTITIES: ReadonlySet<string> = new Set(["cpu", "memory", "ephemeral-storage"]);

/** Seconds for a pod to stop, by default. */
export const USUAL_GRACE_SECONDS = 30;
