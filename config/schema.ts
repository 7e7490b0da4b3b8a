import { z } from "zod";
import { BOUNDS, FORMS } from "../components/kubernetes/bounds";
import { LABEL_KEY } from "../components/kubernetes/names";
import { controllers, kafka, topic, zookeeper } from "./kafka";
import { monitoring } from "./monitoring";
import { listeners } from "./listeners";
import { images, kchat, operations, registry } from "./services";
import { pods } from "./pods";
import { DEFAULT_NAMESPACE, storage } from "./storage";
import { user } from "./users";
import { flag, integer, pattern, text } from "./values";

const NAMESPACE = "at most 54 of the characters a-z 0-9 -, beginning and ending with a-z or 0-9";

/** The Kubernetes cluster and the namespace. */
const cluster = z
  .strictObject(
    {
      context: text("the name of a kubeconfig context")
        .exactOptional()
        .describe("Context of the kubeconfig. Default: its current context."),
      kubeconfig: text("the path of a kubeconfig file, or its content as a secret")
        .exactOptional()
        .describe(
          "Path of one kubeconfig file, or its content as a secret. Default: the files that KUBECONFIG lists, merged, or ~/.kube/config.",
        ),
      namespace: pattern(/^[a-z0-9]([a-z0-9-]{0,52}[a-z0-9])?$/, NAMESPACE)
        .default(DEFAULT_NAMESPACE)
        .describe("Namespace of the stack. The registry goes into <namespace>-registry."),
      id: pattern(...FORMS.clusterId)
        .exactOptional()
        .describe(
          "Kafka's cluster id. Default: derived from project, stack and namespace, so that a restored stack recognises its volumes.",
        ),
    },
    "context, kubeconfig, namespace and id",
  )
  .prefault({});

const scheduling = z
  .strictObject(
    {
      spread: z
        .enum(["preferred", "required"], "preferred or required")
        .default("preferred")
        .describe(
          "Whether two servers of one kind share a node only when there is no other (preferred) or never (required).",
        ),
      zones: flag()
        .default(false)
        .describe("Whether servers are spread over zones and brokers know their own (`broker.rack`)."),
      zoneLabel: pattern(LABEL_KEY, "the name of a node label")
        .default("topology.kubernetes.io/zone")
        .describe("Node label that names the zone."),
    },
    "spread, zones and zoneLabel",
  )
  .prefault({});

/** The whole stack config as written. Defaults that depend on other keys are filled in later. */
export const stackSchema = z.strictObject({
  mode: z
    .enum(["kraft", "zookeeper"], "kraft or zookeeper")
    .default("kraft")
    .describe("Where Kafka keeps its metadata: in its own quorum (kraft) or in a ZooKeeper ensemble (zookeeper)."),
  replicas: integer(...BOUNDS.brokers)
    .default(3)
    .describe("Number of brokers."),
  cluster: cluster.describe("The Kubernetes cluster and the namespace."),
  storage: storage("broker").prefault({ type: "hostPath" }).describe("Where the brokers keep their data."),
  kafka: kafka.describe("The brokers."),
  listeners: listeners.describe("Where the brokers listen, and who may connect."),
  controllers: z
    .strictObject(
      {
        ...controllers,
        storage: storage("controller")
          .exactOptional()
          .describe("Where dedicated controllers keep their data. Default: the brokers' `type` and class."),
      },
      "a map of settings",
    )
    .prefault({})
    .describe("KRaft controllers (mode kraft)."),
  zookeeper: z
    .strictObject(
      {
        ...zookeeper,
        storage: storage("zookeeper")
          .exactOptional()
          .describe("Where ZooKeeper servers keep their data. Default: the brokers' `type` and class."),
      },
      "a map of settings",
    )
    .prefault({})
    .describe("The ZooKeeper ensemble (mode zookeeper)."),
  topics: z
    .array(topic, "a list of topics")
    .exactOptional()
    .describe("Topics that exist when `up` ends. Default: chatroom, with 12 partitions."),
  users: z
    .array(user, "a list of users")
    .default([])
    .describe(
      "Who may do what, where `listeners.internal.authentication` is tls: see docs/access.md. Default: nobody but the stack itself and its administrators.",
    ),
  registry: registry.describe("The image registry."),
  images: images.describe("The images: existing ones by digest, or how they are built."),
  kchat: kchat.describe("The chat application."),
  operations: operations.describe("Day-two operations."),
  scheduling: scheduling.describe("Scheduling of the servers on nodes and zones."),
  monitoring: monitoring.describe("How Prometheus finds and reaches the servers: see docs/monitoring.md."),
  pods: pods.describe("Overlays of the pods, by kind: see docs/pods.md."),
});

/** The stack config as parsed by {@link stackSchema}. */
export type Written = z.output<typeof stackSchema>;

/**
 * Gives a storage without a `type` its default: hostPath, or for controllers and ZooKeeper servers that of the brokers. So a single key of it can be
 * set.
 */
export function withStorageTypes(raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const brokers = typed(raw.storage, "hostPath");
  const type = isObject(brokers) ? brokers.type : "hostPath";
  const inside = (value: unknown): unknown =>
    isObject(value) && "storage" in value ? { ...value, storage: typed(value.storage, type) } : value;
  const { controllers: first, zookeeper: second } = raw;
  return {
    ...raw,
    ...("storage" in raw && { storage: brokers }),
    ...("controllers" in raw && { controllers: inside(first) }),
    ...("zookeeper" in raw && { zookeeper: inside(second) }),
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const typed = (storage: unknown, type: unknown): unknown =>
  isObject(storage) && !("type" in storage) ? { type, ...storage } : storage;
