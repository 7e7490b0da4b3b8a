/** What the engine must know of kinds before it can ask a cluster, and which of their fields are immutable. */
import { contains, parsePath, valueAt, type Change, type Path } from "../paths";

const CLUSTER_SCOPED = new Set([
  "APIService",
  "CertificateSigningRequest",
  "ClusterRole",
  "ClusterRoleBinding",
  "CSIDriver",
  "CSINode",
  "CustomResourceDefinition",
  "IngressClass",
  "MutatingWebhookConfiguration",
  "Namespace",
  "Node",
  "PersistentVolume",
  "PriorityClass",
  "RuntimeClass",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "VolumeAttachment",
]);

/** All well-known kinds whose objects live outside namespaces. */
export const clusterScopedKinds = (): readonly string[] => [...CLUSTER_SCOPED];

/** Whether objects of this well-known kind live outside namespaces. */
export function isClusterScoped(kind: string): boolean {
  return CLUSTER_SCOPED.has(kind);
}

/** The plural of a kind, in lower case, by the rules of English that Kubernetes' own kinds follow. */
export function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  if (lower === "endpoints") {
    return lower;
  }
  if (/[^aeiou]y$/.test(lower)) {
    return `${lower.slice(0, -1)}ies`;
  }
  return /(s|x|ch|sh)$/.test(lower) ? `${lower}es` : `${lower}s`;
}

const VOLUME_SOURCES = [
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

/**
 * The fields whose change makes Pulumi's Kubernetes provider replace the object.
 *
 * @see https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/diff.go
 */
const REPLACED: Readonly<Record<string, readonly string[]>> = {
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

const POD_MUTABLE = new Set(["spec.activeDeadlineSeconds", "spec.tolerations"]);

/** Which kinds the provider treats as immutable. */
export interface Mutability {
  readonly configMaps: boolean;
  readonly secrets: boolean;
}

/** The paths of a kind whose change needs a replacement. */
export function replacedPaths(apiVersion: string, kind: string, immutable: boolean, mutability: Mutability): Path[] {
  const paths = ["metadata.name", "metadata.namespace", ...(REPLACED[`${apiVersion}/${kind}`] ?? [])];
  if (kind === "Secret" && apiVersion === "v1" && (!mutability.secrets || immutable)) {
    paths.push("stringData", "data");
  }
  if (kind === "ConfigMap" && apiVersion === "v1" && (!mutability.configMaps || immutable)) {
    paths.push("binaryData", "data");
  }
  return paths.map(parsePath);
}

/** Whether a change touches one of the paths: at it, below it, or above it with a value that contains it. */
export function forcesReplacement(paths: readonly Path[], change: Change): boolean {
  return paths.some((path) => {
    if (contains(path, change.path)) {
      return true;
    }
    const value = change.new ?? change.old;
    return (
      contains(change.path, path) && value !== undefined && valueAt(value, path.slice(change.path.length)) !== undefined
    );
  });
}

/** Whether this field of a pod is mutable; most are not. */
export function isMutableInPod(path: string): boolean {
  return [...POD_MUTABLE].some((one) => path === one || path.startsWith(`${one}[`));
}
