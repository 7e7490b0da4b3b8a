import type { PropertyMap } from "kafka-stack-engine";
import type { RecordedResource } from "./recorder";

/** A resource as the recorder has it. */
export function recorded(
  type: string,
  name: string,
  inputs: PropertyMap,
  options: Partial<RecordedResource> = {},
): RecordedResource {
  return {
    urn: `urn:pulumi:dev::project::${type}::${name}`,
    type,
    name,
    objectName: name,
    managed: true,
    provider: "",
    inputs,
    retainOnDelete: false,
    protect: false,
    deleteBeforeReplace: false,
    ignoreChanges: [],
    replaceOnChanges: [],
    aliases: [],
    ...options,
  };
}

/** An object in the namespace `kafka`. */
export function object(
  type: string,
  name: string,
  properties: PropertyMap,
  options?: Partial<RecordedResource>,
): RecordedResource {
  return recorded(`kubernetes:${type}`, name, { metadata: { name, namespace: "kafka" }, ...properties }, options);
}

/** A StatefulSet `broker` that mounts the ConfigMap `kafka-config`, with changes in its spec. */
export function brokers(spec: PropertyMap = {}, env: PropertyMap = {}): RecordedResource {
  const container = {
    name: "kafka",
    image: "kafka@sha256:1",
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    volumeMounts: [{ name: "data", mountPath: "/var/lib/kafka" }],
  };
  return object("apps/v1:StatefulSet", "broker", {
    spec: {
      replicas: 3,
      persistentVolumeClaimRetentionPolicy: { whenScaled: "Retain", whenDeleted: "Retain" },
      volumeClaimTemplates: [{ metadata: { name: "data" } }],
      template: {
        spec: { containers: [container], volumes: [{ name: "config", configMap: { name: "kafka-config" } }] },
      },
      ...spec,
    },
  });
}

/** A Deployment `kproducer` of an image. */
export function deployment(image: string, spec: PropertyMap = {}): RecordedResource {
  return object("apps/v1:Deployment", "kproducer", {
    spec: { replicas: 2, template: { spec: { containers: [{ name: "main", image }] } }, ...spec },
  });
}

/** A Job `topics` of an image, with a container that runs the ops program after one that does not. */
export function job(image: string): RecordedResource {
  const initContainers = [{ name: "before", image }];
  const containers = [{ name: "ops", image, command: ["node", "/app/ops.js"], args: ["prepare", "--file", "a.json"] }];
  return object("batch/v1:Job", "topics", { spec: { template: { spec: { initContainers, containers } } } });
}

/** A ConfigMap of one key. */
export function configMap(
  name: string,
  key: string,
  text: string,
  options?: Partial<RecordedResource>,
): RecordedResource {
  return object("core/v1:ConfigMap", name, { data: { [key]: text } }, options);
}

/** A PersistentVolume on NFS. */
export function volume(server: string, spec: PropertyMap = {}, options?: Partial<RecordedResource>): RecordedResource {
  const nfs = { server, path: "/export" };
  return recorded(
    "kubernetes:core/v1:PersistentVolume",
    "data-broker-0",
    { metadata: { name: "data-broker-0" }, spec: { capacity: { storage: "10Gi" }, nfs, ...spec } },
    options,
  );
}

/** A claim of a size. */
export function claim(storage: string, options?: Partial<RecordedResource>): RecordedResource {
  return object(
    "core/v1:PersistentVolumeClaim",
    "data-broker-0",
    { spec: { resources: { requests: { storage } } } },
    options,
  );
}
