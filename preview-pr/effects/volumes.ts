import { parseQuantity } from "kafka-stack-kubernetes-facts";
import { type KubernetesResource, placeProperties } from "../../policy/model";
import { type Effect, type ObjectChange, values } from "./effect";

/** What a change of a volume, a claim, a StorageClass or a namespace does to data. */
export function volumeEffects(change: ObjectChange): Effect[] {
  const texts = byKind[change.kind]?.(change) ?? [];
  return texts.map((text) => ({ subject: change.subject, text }));
}

const byKind: Readonly<Record<string, (change: ObjectChange) => string[]>> = {
  PersistentVolume: volume,
  PersistentVolumeClaim: claim,
  StorageClass: storageClass,
  Namespace: namespace,
};

function volume(change: ObjectChange): string[] {
  const { before, after } = change;
  if (change.change.operation === "delete" && before !== undefined) {
    if (change.change.before.retainOnDelete) {
      return ["leaves the stack but stays in the cluster, with its data"];
    }
    return [`goes; the data at ${placeOf(before)} ${isKept(before) ? "stays there" : "is deleted"}`];
  }
  if (before === undefined || after === undefined) {
    return [];
  }
  const [was, is] = [placeOf(before), placeOf(after)];
  return [
    ...(was === is ? [] : [`moves from ${was} to ${is}: its server starts with what is there, without the old data`]),
    ...resized(change, "spec", "capacity", "storage"),
    ...(isKept(before) && !isKept(after) ? ["is deleted with its claim from now on, and the data with it"] : []),
  ];
}

function claim(change: ObjectChange): string[] {
  switch (change.change.operation) {
    case "create":
      return [];
    case "delete":
      return change.change.before.retainOnDelete
        ? ["leaves the stack but stays in the cluster, with its data"]
        : ["goes; its volume's reclaim policy says whether the data stays"];
    case "replace":
      return ["is deleted and made anew: its server starts without the old data"];
    case "update":
      return resized(change, "spec", "resources", "requests", "storage");
  }
}

function storageClass(change: ObjectChange): string[] {
  const { was, is } = values(change, "reclaimPolicy");
  return was.is("Retain") && is.isNot("Retain") ? ["deletes the data of released claims from now on"] : [];
}

function namespace({ change }: ObjectChange): string[] {
  if (change.operation === "create" || change.operation === "update") {
    return [];
  }
  return change.before.retainOnDelete
    ? ["leaves the stack but stays in the cluster, with everything in it"]
    : ["is deleted with everything in it, claims for data included"];
}

function resized(change: ObjectChange, ...path: readonly string[]): string[] {
  const { was, is } = values(change, ...path);
  const [from, to] = [was, is].map(({ text }) => parseQuantity(text ?? ""));
  if (from === undefined || to === undefined || from === to) {
    return [];
  }
  const sizes = `from ${was.text ?? ""} to ${is.text ?? ""}`;
  return [to > from ? `grows ${sizes}; its data stays` : `shrinks ${sizes}, which Kubernetes refuses`];
}

/** Kubernetes keeps a volume that was not made for a claim, unless the volume says otherwise. */
function isKept({ properties }: KubernetesResource): boolean {
  const policy = properties.at("spec", "persistentVolumeReclaimPolicy");
  return policy.missing || policy.is("Retain");
}

/** Where a PersistentVolume's data is: `nfs-0:/export`, or `csi driver=…, volumeHandle=…`. */
function placeOf(persistentVolume: KubernetesResource): string {
  const [type, place] = placeProperties(persistentVolume)[0] ?? ["an unknown place"];
  const text = (key: string): string => place?.at(key).text ?? "(unknown)";
  switch (type) {
    case "nfs":
      return `${text("server")}:${text("path")}`;
    case "hostPath":
    case "local":
      return `${text("path")} on a node`;
    default: {
      const parts = place?.entries().map(([key, value]) => `${key}=${String(value.scalar)}`) ?? [];
      return [type, parts.join(", ")].join(" ").trim();
    }
  }
}
