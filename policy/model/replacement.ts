import { immutablePaths, VOLUME_SOURCES } from "../kubernetes-facts";
import type { KubernetesResource } from "./resource";
import type { Value } from "./value";

/** Kinds that hold data, or whose pods do. */
const HOLD_DATA = ["PersistentVolume", "PersistentVolumeClaim", "StatefulSet"];

/** Properties that an existing object with data cannot change, by their paths: the Pulumi Kubernetes provider replaces the object instead. */
export function fixedProperties({ apiVersion, kind, properties }: KubernetesResource): Map<string, Value> {
  const paths = HOLD_DATA.includes(kind) ? immutablePaths(apiVersion, kind) : [];
  const values = paths.map((path): [string, Value] => [path, properties.at(...path.split("."))]);
  // A volume has one place. What it does not have of the others is no property of it.
  const isOtherPlace = (path: string, value: Value) =>
    kind === "PersistentVolume" && path.startsWith("spec.") && value.missing;
  return new Map(values.filter(([path, value]) => !isOtherPlace(path, value)));
}

/** What in a PersistentVolume's spec says where the data is: `nfs`, `hostPath`, `csi` …, by its key. */
export function placeProperties({ properties }: KubernetesResource): [string, Value][] {
  return properties
    .at("spec")
    .entries()
    .filter(([key, value]) => !value.missing && VOLUME_SOURCES.includes(key));
}
