import type * as k8s from "@pulumi/kubernetes";
import { withDefaultSettings } from "../kafka/default-settings";
import { withDefaultsOfTopics, type Topic, type TopicSpec } from "../kafka/default-topics";
import { DEFAULT_VERSION } from "../kafka/quorum";
import type { PoolSpec } from "../kafka/kafka-pool";
import type { Settings } from "../kafka/settings";
import {
  DEFAULT_GRACE_SECONDS,
  defaultResources,
  SERVER_DEFAULTS,
  type ServerKind,
} from "../kubernetes/server-defaults";
import type { UserSpec } from "../users/user";
import { withStorageDefaults, type StorageSpec } from "../storage/default-storage";
import type { EnsembleArgs } from "../zookeeper/ensemble";
import type { ImageBuild, KafkaImages } from "./images";

/** Size, storage and resources of a server pool. Everything has a default. */
export interface ServerSpec {
  /** Number of servers. @default 3 */
  readonly replicas?: number | undefined;
  /** JVM heap such as `512m`. @default 512m for brokers, 256m for controllers, 128m for ZooKeeper servers */
  readonly heap?: string | undefined;
  /** Requests and limits of a server. @default little CPU, 1.5 times the heap in memory with a limit of 2 times the heap; no CPU limit */
  readonly resources?: k8s.types.input.core.v1.ResourceRequirements | undefined;
  /** Where their data is. @default claims of the cluster's default StorageClass, retained when servers or the stack are removed */
  readonly storage?: StorageSpec | undefined;
  /** Seconds for a controlled shutdown. @default 120 */
  readonly terminationGracePeriodSeconds?: number | undefined;
}

/** The ensemble of a cluster in ZooKeeper mode. The default is three servers with a heap of 128 MiB. */
export interface ZooKeeperSpec extends Omit<ServerSpec, "terminationGracePeriodSeconds"> {
  /** How many servers, from the first, have volumes: a majority. @default all */
  readonly persistentServers?: number | undefined;
}

/** A cluster as the user describes it. */
export interface ClusterSpec {
  /** Existing images, or how to build them. */
  readonly images: KafkaImages | ImageBuild;
  /** Broker settings under Kafka's own names. @default settings that lose nothing: see {@link KafkaArgs} */
  readonly settings?: Settings | undefined;
  /** Topics that exist once the component does. @default none */
  readonly topics?: readonly TopicSpec[] | undefined;
  /** Who may do what, where `authentication` is `tls`. @default nobody but the cluster itself and its administrators */
  readonly users?: readonly UserSpec[] | undefined;
  /** The brokers, or their number. @default 3 */
  readonly brokers?: ServerSpec | number | undefined;
  /**
   * Controllers in their own pods, or the number of brokers that are controllers too. Not used with ZooKeeper. @default 3, or 1 with fewer than three
   * brokers
   */
  readonly controllers?: ServerSpec | number | undefined;
  /** The ensemble of a cluster in ZooKeeper mode. @default KRaft, without ZooKeeper */
  readonly zookeeper?: ZooKeeperSpec | undefined;
}

/** The same with every default filled in. */
export interface ResolvedCluster {
  /** Kafka version of the image. */
  readonly version: string;
  readonly settings: Settings;
  readonly topics: readonly Topic[];
  readonly brokers: PoolSpec;
  readonly controllers: PoolSpec | number;
  readonly zookeeper:
    Pick<EnsembleArgs, "replicas" | "persistentServers" | "heap" | "resources" | "storage"> | undefined;
}

/** Default number of servers of any kind: the smallest that tolerates a missing one. */
export const DEFAULT_REPLICAS = 3;

/** Fills in the defaults. */
export function resolveCluster(written: ClusterSpec): ResolvedCluster {
  const brokers = poolOf(
    "broker",
    typeof written.brokers === "number" ? { replicas: written.brokers } : written.brokers,
  );
  const mode = written.zookeeper === undefined ? "kraft" : "zookeeper";
  const version = written.images.version ?? DEFAULT_VERSION[mode];
  const basis = { mode, brokers: brokers.replicas, version } as const;
  const settings = written.settings ?? {};
  const controllers = written.controllers ?? (brokers.replicas >= 3 ? 3 : 1);
  return {
    version,
    settings: withDefaultSettings(basis, settings),
    topics: withDefaultsOfTopics(basis, settings, written.topics ?? []),
    brokers,
    controllers: typeof controllers === "number" ? controllers : poolOf("controller", controllers),
    zookeeper: written.zookeeper && {
      ...poolOf("zookeeper", written.zookeeper),
      persistentServers: written.zookeeper.persistentServers,
    },
  };
}

function poolOf(kind: ServerKind, written: ServerSpec = {}): PoolSpec {
  const heap = written.heap ?? SERVER_DEFAULTS[kind].heap;
  return {
    replicas: written.replicas ?? DEFAULT_REPLICAS,
    heap,
    resources: written.resources ?? defaultResources(kind, heap),
    storage: withStorageDefaults(kind, written.storage),
    terminationGracePeriodSeconds: written.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS,
  };
}
