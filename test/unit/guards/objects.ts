import type { FakeCluster } from "../../support/fake-cluster";
import type { KubeObject } from "kafka-stack-engine";

/** When the servers in the tests were created. */
export const BEGAN = "2026-01-01T00:00:00Z";

const LABELS = { "app.kubernetes.io/part-of": "kafka-stack" };

/** Creates an object as if somebody else had. */
export function plant(cluster: FakeCluster, path: string, object: Record<string, unknown>): void {
  const [name = ""] = path.split("/").slice(-1);
  const namespace = /\/namespaces\/([^/]+)\//.exec(path)?.[1];
  const { metadata, ...rest } = object as { metadata?: Record<string, unknown> };
  cluster.objects.set(path, {
    ...rest,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      uid: `planted-${name}`,
      resourceVersion: "1",
      creationTimestamp: BEGAN,
      labels: LABELS,
      ...metadata,
    },
  } as unknown as KubeObject);
}

const NAMESPACED = (kind: string, name: string, namespace = "kafka") =>
  `/api/v1/namespaces/${namespace}/${kind}/${name}`;

/** The state of a broker's pod. */
export type PodState = "running" | "waiting";

/** A broker's objects: a volume, its claim and a pod. */
export function plantBroker(
  cluster: FakeCluster,
  ordinal: number,
  { source, size, pod }: { source?: Record<string, unknown>; size?: string; pod?: PodState },
): void {
  const claim = `data-0-broker-${ordinal}`;
  const volumeName = `kafka-${claim}`;
  if (source) {
    const claimRef = { namespace: "kafka", name: claim };
    plant(cluster, `/api/v1/persistentvolumes/${volumeName}`, {
      kind: "PersistentVolume",
      spec: { claimRef, ...source },
    });
  }
  plant(cluster, NAMESPACED("persistentvolumeclaims", claim), {
    kind: "PersistentVolumeClaim",
    spec: {
      volumeName,
      storageClassName: source ? "" : "standard",
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: size ?? "10Gi" } },
    },
    status: { phase: "Bound", capacity: { storage: size ?? "10Gi" } },
  });
  if (!pod) return;
  plant(cluster, NAMESPACED("pods", `broker-${ordinal}`), {
    kind: "Pod",
    spec: { volumes: [{ name: "data-0", persistentVolumeClaim: { claimName: claim } }] },
    status: {
      containerStatuses: [
        { restartCount: 0, state: pod === "running" ? { running: {} } : { waiting: { reason: "ContainerCreating" } } },
      ],
    },
  });
}

/** The brokers' StatefulSet and their configuration. */
export function plantServers(cluster: FakeCluster, brokers: number, controllers: number): void {
  plant(cluster, "/apis/apps/v1/namespaces/kafka/statefulsets/broker", {
    kind: "StatefulSet",
    spec: { replicas: brokers },
  });
  plant(cluster, NAMESPACED("configmaps", "kafka-config"), {
    kind: "ConfigMap",
    data: { controllers: `${controllers}\n` },
  });
}

/** Recreates a claim as soon as a pod that waits for it is deleted, like a StatefulSet. */
export function statefulSetMakesAnew(cluster: FakeCluster, pod: string, claim: string): void {
  const { objects } = cluster;
  const remove = objects.delete.bind(objects);
  objects.delete = (path) => {
    const was = remove(path);
    if (path === NAMESPACED("pods", pod)) {
      plant(cluster, NAMESPACED("persistentvolumeclaims", claim), {
        kind: "PersistentVolumeClaim",
        metadata: { uid: "anew" },
        spec: { storageClassName: "" },
      });
    }
    return was;
  };
}
