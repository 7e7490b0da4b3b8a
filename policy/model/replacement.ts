import type { KubernetesResource } from "./resource";
import type { Value } from "./value";

/**
 * Properties that an existing object cannot change, by their paths: the Pulumi Kubernetes provider replaces the object instead. Only
 * kinds that hold data, or whose pods do.
 *
 * @see https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/diff.go
 */
export function fixedProperties(resource: KubernetesResource): Map<string, Value> {
  const spec = resource.properties.at("spec");
  switch (resource.kind) {
    case "PersistentVolume":
      return fixed(
        resource,
        spec
          .entries()
          .filter(([key, value]) => !value.missing && !changeableVolumeProperties.includes(key))
          .map(([key]) => key),
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
