/** Where in a PersistentVolume's spec it can say where the data is. */
export const VOLUME_SOURCES: readonly string[] = [
  "awsElasticBlockStore",
  "azureDisk",
  "azureFile",
  "cephfs",
  "cinder",
  "csi",
  "fc",
  "flexVolume",
  "flocker",
  "gcePersistentDisk",
  "glusterfs",
  "hostPath",
  "iscsi",
  "local",
  "nfs",
  "photonPersistentDisk",
  "portworxVolume",
  "quobyte",
  "rbd",
  "scaleIO",
  "storageos",
  "vsphereVolume",
];

const IMMUTABLE: Readonly<Record<string, readonly string[]>> = {
  "apps/v1/DaemonSet": ["spec.selector"],
  "apps/v1/Deployment": ["spec.selector"],
  "apps/v1/StatefulSet": [
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  "batch/v1/Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1/RoleBinding": ["roleRef"],
  "storage.k8s.io/v1/StorageClass": ["parameters", "provisioner"],
  "v1/PersistentVolume": VOLUME_SOURCES.map((source) => `spec.${source}`),
  "v1/PersistentVolumeClaim": ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
  // The API server lets only a pod's images, tolerations and deadlines change; the provider replaces pods for images too.
  "v1/Pod": ["spec"],
  "v1/ResourceQuota": ["spec.scopes"],
  "v1/Secret": ["type"],
  "v1/Service": ["spec.clusterIP"],
};

/**
 * The fields whose change makes Pulumi's Kubernetes provider replace the object, as dotted paths, its name among them.
 *
 * @param apiVersion - such as `apps/v1`; the core group is `v1` or, as Pulumi calls it, `core/v1`
 * @see https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/diff.go
 */
export function immutablePaths(apiVersion: string, kind: string): readonly string[] {
  const own = IMMUTABLE[`${apiVersion.replace(/^core\//, "")}/${kind}`] ?? [];
  return ["metadata.name", "metadata.namespace", ...own];
}

const MUTABLE_IN_POD = ["spec.activeDeadlineSeconds", "spec.tolerations"];

/** Whether this field of a pod is mutable; most are not. */
export function isMutableInPod(path: string): boolean {
  return MUTABLE_IN_POD.some((one) => path === one || path.startsWith(`${one}[`));
}
