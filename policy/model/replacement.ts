import type { KubernetesResource } from "./resource";
import type { Value } from "./value";

/**
 * Properties that an existing object cannot change: the Pulumi Kubernetes provider replaces the object instead. Only
 * kinds that hold data, or whose pods do.
 *
 * @see https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/diff.go
 */
export function fixedProperties(resource: KubernetesResource): Map<string, Value> {
  const spec = resource.properties.at("spec");
  switch (resource.kind) {
    case "PersistentVolume":
      return new Map(
        spec.entries().filter(([key, value]) => !value.missing && !changeableVolumeProperties.includes(key)),
      );
    case "PersistentVolumeClaim":
      return pick(spec, ["accessModes", "selector", "storageClassName", "volumeName"]);
    case "StatefulSet":
      return pick(spec, [
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

function pick(spec: Value, keys: readonly string[]): Map<string, Value> {
  return new Map(keys.map((key) => [key, spec.at(key)]));
}
