import type { KubernetesResource } from "./resource";
import type { Value } from "./value";

/**
 * Properties that an existing object cannot change, by their paths: the Pulumi Kubernetes provider replaces the object instead. Only
 * kinds that hold data, or whose pods do.
 *
 * @see https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/diff.go
 */
export function fixedProperties(resource: KubernetesResource): Map<string, Value> {
  switch (resource.kind) {
    case "PersistentVolume":
      return fixed(
        resource,
        placeProperties(resource).map(([key]) => key),
      );
    case "PersistentVolumeClaim":
      return fixed(resource, ["accessModes", "selector", "storageClassName", "volumeName"]);
    case "StatefulSet":
      return fixed(resource, [
        "podManagementPolicy",
        "revisionHistoryLimit",
        "selector",
        "serviceName",
        "volumeClaimTemplates",
      ]);
    default:
      return new Map();
  }
}

/** What in a PersistentVolume's spec says where the data is: `nfs`, `hostPath`, `csi` …, by its key. */
export function placeProperties({ properties }: KubernetesResource): [string, Value][] {
  return properties
    .at("spec")
    .entries()
    .filter(([key, value]) => !value.missing && !changeableVolumeProperties.includes(key));
}

/** Everything else in a PersistentVolume's spec is the place where the data is. */
const changeableVolumeProperties = [
  "accessModes",
  "capacity",
  "claimRef",
  "mountOptions",
  "nodeAffinity",
  "persistentVolumeReclaimPolicy",
  "storageClassName",
  "volumeAttributesClassName",
  "volumeMode",
];

/** Properties of the spec by their paths, and what the object is called. */
function fixed({ properties }: KubernetesResource, keys: readonly string[]): Map<string, Value> {
  const paths = [["metadata", "name"], ["metadata", "namespace"], ...keys.map((key) => ["spec", key])];
  return new Map(paths.map((path) => [path.join("."), properties.at(...path)]));
}
