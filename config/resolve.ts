import { withDefaultSettings } from "../components/kafka/default-settings";
import { withDefaultsOfTopics } from "../components/kafka/default-topics";
import { SERVER_DEFAULTS } from "../components/kubernetes/server-defaults";
import type { PodOverlays } from "../components/kubernetes/pod-overlays";
import { STORAGE_DEFAULTS } from "../components/storage/default-storage";
import { KAFKA_VERSIONS, type KafkaVersion, topic } from "./kafka";
import type { Written } from "./schema";
import { type ServerKind, type WrittenStorage, defaultPath, resolveStorage } from "./storage";

const basisOf = ({ mode, replicas, kafka }: Written) => {
  const version: KafkaVersion = kafka.version ?? KAFKA_VERSIONS[mode][0];
  return { mode, brokers: replicas, version };
};

function resolveKafka(written: Written) {
  const { kafka } = written;
  const basis = basisOf(written);
  return { ...kafka, version: basis.version, config: withDefaultSettings(basis, kafka.config) };
}

const resolveTopics = (written: Written) =>
  withDefaultsOfTopics(basisOf(written), written.kafka.config, written.topics ?? [topic.parse({ name: "chatroom" })]);

/** Default storage of another kind of server: the brokers' backend, with an own directory and a size for metadata. */
function likeBrokers(brokers: WrittenStorage, kind: ServerKind, namespace: string): WrittenStorage {
  const own = { size: SERVER_DEFAULTS[kind].size, volumes: STORAGE_DEFAULTS.volumes };
  return brokers.type === "hostPath"
    ? { ...brokers, ...own, path: defaultPath(kind, namespace) }
    : { ...brokers, ...own };
}

function resolveControllers({ cluster, controllers, replicas: brokers, storage: brokerStorage }: Written) {
  const replicas = controllers.replicas ?? (controllers.dedicated || brokers >= 3 ? 3 : 1);
  const written = controllers.storage ?? likeBrokers(brokerStorage, "controller", cluster.namespace);
  const use = { kind: "controller", namespace: cluster.namespace, replicas } as const;
  return { ...controllers, replicas, storage: resolveStorage(written, use) };
}

function resolveZooKeeper({ cluster, zookeeper, storage: brokerStorage }: Written) {
  const { replicas } = zookeeper;
  const written = zookeeper.storage ?? likeBrokers(brokerStorage, "zookeeper", cluster.namespace);
  return {
    ...zookeeper,
    persistentServers: zookeeper.persistentServers ?? replicas,
    storage: resolveStorage(written, { kind: "zookeeper", namespace: cluster.namespace, replicas }),
  };
}

function resolveRegistry({ registry }: Written) {
  const pushAddress = registry.pushAddress ?? `localhost:${registry.nodePort}`;
  return { ...registry, pushAddress, pullAddress: registry.pullAddress ?? pushAddress };
}

function resolveChat({ kchat }: Written, topics: readonly { name: string }[]) {
  const names = topics.map(({ name }) => name);
  const { autoscaling, ...rest } = kchat;
  return {
    ...rest,
    rooms: kchat.rooms ?? (names.includes("chatroom") ? ["chatroom"] : names),
    ...(autoscaling && { autoscaling: { ...autoscaling, ...podsOf(autoscaling) } }),
  };
}

/** Minimum and maximum of pods: a default gives way to the other, written value. */
function podsOf({ min, max }: { readonly min?: number; readonly max?: number }): { min: number; max: number } {
  return { min: min ?? Math.min(2, max ?? 2), max: max ?? Math.max(10, min ?? 10) };
}

/** Fills in the defaults that depend on other keys. */
export function resolve(written: Written) {
  const kafka = resolveKafka(written);
  const topics = resolveTopics(written);
  return {
    ...written,
    storage: resolveStorage(written.storage, {
      kind: "broker",
      namespace: written.cluster.namespace,
      replicas: written.replicas,
    }),
    kafka,
    controllers: resolveControllers(written),
    zookeeper: resolveZooKeeper(written),
    topics,
    registry: resolveRegistry(written),
    kchat: resolveChat(written, topics),
    // Has this form, or is refused (rules/pods.ts).
    pods: written.pods as PodOverlays,
  };
}

/** The stack config with every default filled in; secrets are plain text. */
export type PlainConfig = ReturnType<typeof resolve>;
