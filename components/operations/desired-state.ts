import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Topic } from "../kafka/default-topics";
import type { Settings } from "../kafka/settings";
import { metadata, type Scope } from "../kubernetes/scope";
import type { Access } from "../users/access";
import { internalTopics } from "./internal-topics";

/** How to move partitions. */
export interface Moves {
  /** Bytes per second that moving partitions may use of each broker. */
  readonly throttle: number;
  /** Seconds without a copied byte after which a move is given up. */
  readonly stallSeconds: number;
  /** Whether brokers that hold too little get their share of partitions. */
  readonly rebalance: boolean;
  /**
   * Whether an update waits until partitions have moved. Otherwise Kafka continues by itself, and a Job that nobody waits for removes the throttle
   * afterwards.
   */
  readonly wait: boolean;
  /** Percent of a broker's disk that moving partitions may fill. */
  readonly diskLimit: number;
  /** Whether brokers shall hold equally many bytes, too. */
  readonly evenBytes: boolean;
}

/** The desired state of a cluster: everything that the Jobs around a change of its servers reconcile. */
export interface Desired {
  /** Kafka version of the servers. Brokers of another version are not asked about settings. */
  readonly version: string;
  /** Node ids of the brokers. */
  readonly brokers: readonly number[];
  /**
   * Those of them that are cordoned: they get no new replicas, and are drained once the servers run. Absent where Kafka cannot do this.
   */
  readonly cordoned?: readonly number[] | undefined;
  /** Node ids of the controllers; none with ZooKeeper or a static quorum. */
  readonly controllers?: readonly number[] | undefined;
  /** Node ids of the controllers of a static quorum: its voters must be these, because it neither loses nor gains one. */
  readonly voters?: readonly number[] | undefined;
  /** The declared topics. */
  readonly topics: readonly Topic[];
  /** The rights of each user, including the stack's own. @default the brokers let everyone do everything */
  readonly users?: readonly Access[] | undefined;
  /** All broker settings: some of them give the replicas of Kafka's own topics. */
  readonly settings: Settings;
  /** The broker settings that are applied at run time. */
  readonly dynamicSettings: Settings;
  /** How partitions are moved. */
  readonly moves: Moves;
}

/** File name of the document. */
export const CLUSTER_FILE = "cluster.json";

/** Maximum size of the document in bytes: a ConfigMap holds 1 MiB, with its metadata. */
const MOST_BYTES = 1_000_000;

/** Settings as text, as in Kafka's protocol. */
const asText = (settings: Settings): Record<string, string> =>
  Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)]));

/** The document as text. The ops program reads and validates it (`services/src/ops/desired-state.ts`). */
export function clusterFile({
  version,
  brokers,
  cordoned,
  controllers,
  voters,
  topics,
  users,
  moves,
  ...desired
}: Desired): string {
  const document = {
    version,
    brokers,
    ...(cordoned !== undefined && { cordoned }),
    ...(controllers !== undefined && { controllers }),
    ...(voters !== undefined && { voters }),
    topics: topics.map((topic) => ({ ...topic, config: asText(topic.config) })),
    ...internalTopics(desired.settings, brokers.length),
    ...(users !== undefined && { users }),
    settings: asText(desired.dynamicSettings),
    moves,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/**
 * The document in an immutable ConfigMap with a generated name: other content is another object, and so another Job; the Job of an earlier run keeps
 * its document. (As an argument of the Job it would appear in process lists and in `kubectl describe`.)
 *
 * @throws when it is too large for a ConfigMap
 */
export function clusterFileMap(
  name: string,
  scope: Scope,
  desired: Desired,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.ConfigMap {
  const text = clusterFile(desired);
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_BYTES) {
    throw new Error(
      `${CLUSTER_FILE} would have ${bytes} bytes, and a ConfigMap holds ${MOST_BYTES}: declare fewer than ${desired.topics.length} topics or ${desired.users?.length ?? 0} users, or give them fewer settings and rights of their own`,
    );
  }
  return new k8s.core.v1.ConfigMap(
    name,
    { metadata: metadata(scope, "ops"), immutable: true, data: { [CLUSTER_FILE]: text } },
    opts,
  );
}
