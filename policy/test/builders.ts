import { runtime } from "@pulumi/pulumi";

import type { PulumiResource } from "../model/resource";

/** Properties of a resource. */
export type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = Readonly<Record<string, Json>>;

/** Stands for a value that is not known at preview. */
export const unknown = runtime.unknownValue;

/** A digest, for images. */
export const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

/** `base` with `changes`: objects are merged, everything else is taken from the changes; undefined removes. */
export function merge(base: JsonObject, changes: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    const old = result[key];
    result[key] = isObject(old) && isObject(value) ? merge(old, value) : value;
  }
  return result;
}

/** A Pulumi resource. */
export function resource(type: string, name: string, props: JsonObject, stack = "production"): PulumiResource {
  return { type, name, urn: `urn:pulumi:${stack}::project::${type}::${name}`, props };
}

/** What differs from a workload that keeps every policy. */
export interface Changes {
  readonly stack?: string;
  readonly metadata?: JsonObject;
  /** In the workload's spec. */
  readonly spec?: JsonObject;
  /** In the pod's spec. */
  readonly pod?: JsonObject;
  /** In its only container. */
  readonly container?: JsonObject;
}

/** A StatefulSet `kafka/broker` of three brokers. */
export function statefulSet(changes: Changes = {}): PulumiResource {
  return workload("apps/v1", "StatefulSet", "broker", changes, {
    replicas: 3,
    serviceName: "broker",
    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { resources: { requests: { storage: "100Gi" } } } }],
  });
}

/** A Deployment `kafka/kproducer` of two pods. */
export function deployment(changes: Changes = {}): PulumiResource {
  return workload("apps/v1", "Deployment", "kproducer", changes, { replicas: 2 });
}

/** A Job `kafka/topics`. */
export function job(changes: Changes = {}): PulumiResource {
  return workload("batch/v1", "Job", "topics", changes, {
    activeDeadlineSeconds: 600,
  });
}

/** A ConfigMap `kafka/<name>`. */
export function configMap(name: string, data: Json, component = "broker"): PulumiResource {
  return resource("kubernetes:core/v1:ConfigMap", name, { metadata: metadata(name, component), data });
}

/** A ConfigMap with Kafka's settings, by default good ones. */
export function kafkaSettings(changes: Readonly<Record<string, string | undefined>> = {}, component = "broker") {
  const settings: Readonly<Record<string, string | undefined>> = {
    "auto.create.topics.enable": "false",
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
    ...changes,
  };
  const lines = Object.entries(settings).filter(([, value]) => value !== undefined);
  return configMap("kafka-config", { "server.properties": lines.map((line) => line.join("=")).join("\n") }, component);
}

/** A ConfigMap with one topic, by default a good one. */
export function topic(changes: JsonObject = {}): PulumiResource {
  const declared = merge({ name: "chatroom", partitions: 12, replicationFactor: 3 }, changes);
  return configMap("topics", { "topics.json": JSON.stringify({ topics: [declared] }) }, "ops");
}

/** A Service `kafka/<name>`. */
export function service(name: string, spec: JsonObject): PulumiResource {
  return resource("kubernetes:core/v1:Service", name, { metadata: metadata(name, name), spec });
}

/** A PodDisruptionBudget for the pods of a component. */
export function budget(component: string, spec: JsonObject): PulumiResource {
  return resource("kubernetes:policy/v1:PodDisruptionBudget", component, {
    metadata: metadata(component, component),
    spec: { selector: { matchLabels: labels(component) }, ...spec },
  });
}

/** A PersistentVolume on NFS. */
export function persistentVolume(spec: JsonObject = {}, stack?: string): PulumiResource {
  const base = {
    capacity: { storage: "100Gi" },
    persistentVolumeReclaimPolicy: "Retain",
    nfs: { server: "nfs-0", path: "/export" },
  };
  return resource(
    "kubernetes:core/v1:PersistentVolume",
    "data-broker-0",
    { metadata: { name: "data-broker-0" }, spec: merge(base, spec) },
    stack,
  );
}

/** The labels of a component's objects. */
export function labels(component: string): JsonObject {
  return { "app.kubernetes.io/component": component, "app.kubernetes.io/instance": "production" };
}

function metadata(name: string, component: string): JsonObject {
  return { name, namespace: "kafka", labels: labels(component) };
}

function workload(
  apiVersion: string,
  kind: string,
  name: string,
  { stack, ...changes }: Changes,
  spec: JsonObject,
): PulumiResource {
  const template = {
    metadata: { labels: labels(name) },
    spec: merge({ ...goodPod, containers: [merge(goodContainer, changes.container ?? {})] }, changes.pod ?? {}),
  };
  const props = {
    metadata: merge(metadata(name, name), changes.metadata ?? {}),
    spec: merge({ ...spec, selector: { matchLabels: labels(name) }, template }, changes.spec ?? {}),
  };
  return resource(`kubernetes:${apiVersion}:${kind}`, name, props, stack);
}

const goodPod: JsonObject = {
  automountServiceAccountToken: false,
  terminationGracePeriodSeconds: 60,
  securityContext: { runAsNonRoot: true, runAsUser: 10000, seccompProfile: { type: "RuntimeDefault" } },
  affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
  volumes: [{ name: "tmp", emptyDir: {} }],
};

const goodContainer: JsonObject = {
  name: "main",
  image: `localhost:31500/kafka@${digest}`,
  env: [{ name: "KAFKA_HEAP_OPTS", value: "-Xms1g -Xmx1g" }],
  resources: {
    requests: { cpu: "500m", memory: "2Gi" },
    limits: { memory: "2Gi", "ephemeral-storage": "1Gi" },
  },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
  readinessProbe: { httpGet: { path: "/ready", port: 8080 } },
  livenessProbe: { httpGet: { path: "/live", port: 8080 } },
  volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
};

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
