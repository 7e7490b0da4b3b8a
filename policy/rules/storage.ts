import * as path from "node:path";

import { parseQuantity } from "../kubernetes-facts";
import { matchesAny } from "../model/pattern";
import { resourcePolicy, stackPolicy, workloadPolicy } from "../model/policy";
import { fixedProperties } from "../model/replacement";
import type { KubernetesResource } from "../model/resource";
import { list, quantity, text } from "../model/settings";
import { recordedResources } from "../model/state";
import { mayCover, Value } from "../model/value";
import type { Workload } from "../model/workload";

const allowedStacks = list([], "Stacks in which it is allowed; * stands for any characters.");

/** The annotation of claims that the stack deletes when a lower number of servers removes theirs (`storage.whenScaled`). */
const WHEN_SCALED = "kafka-stack/when-scaled";

/** Deleting a volume with its claim deletes the data. */
export const dataVolumeRetained = resourcePolicy({
  name: "data-volume-retained",
  description: "Data outlives its claim, its server and its stack.",
  severity: "critical",
  remediationSteps:
    "Set persistentVolumeReclaimPolicy, reclaimPolicy or persistentVolumeClaimRetentionPolicy to Retain, and storage.whenScaled to retain.",
  check: ({ kind, properties }, report) => {
    const settings: Record<string, [string, Value][]> = {
      PersistentVolume: [
        ["spec.persistentVolumeReclaimPolicy", properties.at("spec", "persistentVolumeReclaimPolicy")],
      ],
      // Unlike the others, a StorageClass that says nothing deletes.
      StorageClass: [["reclaimPolicy", properties.at("reclaimPolicy")]],
      StatefulSet: ["whenDeleted", "whenScaled"].map((when): [string, Value] => [
        `spec.persistentVolumeClaimRetentionPolicy.${when}`,
        properties.at("spec", "persistentVolumeClaimRetentionPolicy", when),
      ]),
    };
    for (const [name, value] of settings[kind] ?? []) {
      if (value.missing ? kind === "StorageClass" : value.isNot("Retain")) {
        report(`${name} is ${value.text ?? "Delete by default"}, not Retain`);
      }
    }
    if (kind === "PersistentVolumeClaim" && properties.at("metadata", "annotations", WHEN_SCALED).is("delete")) {
      report("it is deleted when its server leaves (storage.whenScaled)");
    }
  },
});

/** A volume that fills up stops its broker. */
export const dataVolumeSizeMinimum = resourcePolicy({
  name: "data-volume-size-minimum",
  description: "Volumes for data have at least the configured size.",
  severity: "medium",
  remediationSteps: "Ask for more storage.",
  settings: { minSize: quantity("10Gi", "The least size of a volume.") },
  check: (resource, report, { minSize }) => {
    for (const [what, size] of volumeSizes(resource)) {
      const bytes = size.text === undefined ? undefined : parseQuantity(size.text);
      if (bytes !== undefined && bytes < (parseQuantity(minSize) ?? 0)) {
        report(`${what} is ${size.text ?? ""}, less than ${minSize}`);
      }
    }
  },
});

/** A directory of one node is lost with the node. */
export const dataVolumeNotHostPath = resourcePolicy({
  name: "data-volume-not-host-path",
  description: "No volume for data is a directory of a node.",
  severity: "high",
  remediationSteps: "Use a StorageClass or NFS.",
  settings: { allowedStacks },
  check: ({ kind, stack, properties }, report, settings) => {
    const hostPath = properties.at("spec", "hostPath");
    const set = kind === "PersistentVolume" && !hostPath.unknown && !hostPath.missing;
    if (set && !matchesAny(settings.allowedStacks, stack)) {
      report(`its data is in the directory ${hostPath.at("path").text ?? ""} of a node`);
    }
  },
});

/** An emptyDir is deleted with its pod: every rescheduling loses the data. */
export const dataNotInEmptyDir = workloadPolicy({
  name: "data-not-in-empty-dir",
  description: "No StatefulSet keeps its data in an emptyDir.",
  severity: "critical",
  remediationSteps: "Mount a PersistentVolumeClaim, by volumeClaimTemplates or by name, where the data is.",
  settings: {
    allowedStacks,
    dataPaths: list(
      ["/data", "/data/*", "/var/lib/*", "/bitnami/*"],
      "Where StatefulSets mount their data; * stands for any characters.",
    ),
  },
  check: (workload, report, settings) => {
    const { resource, pod, spec } = workload;
    if (resource.kind !== "StatefulSet" || matchesAny(settings.allowedStacks, resource.stack)) {
      return;
    }
    const volumes = pod.at("volumes");
    const claims = volumes.items().filter((volume) => volume.unknown || !volume.at("persistentVolumeClaim").missing);
    const templates = spec.at("volumeClaimTemplates");
    const unknown = volumes.unknown || templates.unknown;
    if (!unknown && claims.length === 0 && templates.items().length === 0) {
      report("it mounts no PersistentVolumeClaim, so its data is gone with its pods");
      return;
    }
    for (const [container, mountPath] of emptyDirMounts(workload)) {
      if (matchesAny(settings.dataPaths, mountPath)) {
        report(`container ${container} has an emptyDir at ${mountPath}`);
      }
    }
  },
});

/** A volume's place is immutable: a change replaces the volume, and servers start without their data. */
export const dataVolumeNotReplaced = stackPolicy({
  name: "data-volume-not-replaced",
  description: "No volume that has data, and no StatefulSet whose claims have, is replaced.",
  severity: "critical",
  remediationSteps: "Undo the change. To move data, add servers with new volumes and drain the old ones.",
  settings: {
    stateFile: text(
      "",
      "What `pulumi stack export --file` wrote before the change; relative to the policy pack, {stack} stands for the stack's name. Without it nothing is checked.",
    ),
  },
  check: (resources, report, { stateFile }) => {
    const stack = resources[0]?.stack;
    if (stateFile === "" || stack === undefined) {
      return;
    }
    const file = path.resolve(__dirname, "..", stateFile.replaceAll("{stack}", stack));
    const known = recordedResources(file);
    // Found by its URN, which stays when the object's name or namespace changes; with another URN (an alias) it may be the same object.
    const byUrn = new Map(known.map((resource) => [resource.urn, resource]));
    const byName = new Map(known.map((resource) => [identity(resource), resource]));
    for (const resource of resources) {
      const before = byUrn.get(resource.urn) ?? byName.get(identity(resource));
      const now = fixedProperties(resource);
      for (const [key, value] of before === undefined ? [] : fixedProperties(before)) {
        if (!mayCover(now.get(key) ?? Value.of(undefined), value)) {
          report(resource, `${key} changes, which replaces it`);
        }
      }
    }
  },
});

function volumeSizes({ kind, properties }: KubernetesResource): [string, Value][] {
  switch (kind) {
    case "PersistentVolume":
      return [["its capacity", properties.at("spec", "capacity", "storage")]];
    case "PersistentVolumeClaim":
      return [["the requested size", requestedSize(properties)]];
    case "StatefulSet":
      return (
        properties
          .at("spec", "volumeClaimTemplates")
          .items()
          // A template without a class makes no volume: it only names volumes and claims that exist.
          .filter((claim) => !claim.at("spec", "storageClassName").is(""))
          .map((claim): [string, Value] => [
            `the size of claim ${claim.at("metadata", "name").text ?? ""}`,
            requestedSize(claim),
          ])
      );
    default:
      return [];
  }
}

function requestedSize(claim: Value): Value {
  return claim.at("spec", "resources", "requests", "storage");
}

/** Container and path of each mounted emptyDir. */
function emptyDirMounts({ pod, containers }: Workload): [string, string][] {
  const emptyDirs = pod
    .at("volumes")
    .items()
    .filter((volume) => !volume.at("emptyDir").unknown && !volume.at("emptyDir").missing)
    .map((volume) => volume.at("name").text);
  return containers.flatMap(({ name, value }) =>
    value
      .at("volumeMounts")
      .items()
      .filter((mount) => mount.at("name").text !== undefined && emptyDirs.includes(mount.at("name").text))
      .map((mount): [string, string] => [name, mount.at("mountPath").text ?? ""]),
  );
}

function identity({ kind, namespace, name }: KubernetesResource): string {
  return `${kind} ${namespace ?? ""}/${name}`;
}
