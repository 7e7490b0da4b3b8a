import { isDeepStrictEqual } from "node:util";

type Entry = Readonly<Record<string, unknown>>;

/**
 * Kubernetes' merge keys by the name of the list: what tells its entries apart. Some differ from Kubernetes' own rules, each for a reason: tolerations have none there, so
 * that those of one kind of pod would take away those of all pods; ports of a container and spreading are told apart as server-side apply does it.
 *
 * @see https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 */
const MERGE_KEYS: Readonly<Record<string, readonly string[]>> = {
  containers: ["name"],
  env: ["name"],
  ephemeralContainers: ["name"],
  hostAliases: ["ip"],
  imagePullSecrets: ["name"],
  initContainers: ["name"],
  ports: ["containerPort", "protocol"],
  sidecars: ["name"],
  tolerations: ["key", "operator", "value", "effect"],
  topologySpreadConstraints: ["topologyKey", "whenUnsatisfiable"],
  volumeMounts: ["mountPath"],
  volumes: ["name"],
};

/** Lists without a merge key to which entries are added: terms of affinity between pods hold one by one, and the stack's own must stay. */
const ADDED: ReadonlySet<string> = new Set([
  "preferredDuringSchedulingIgnoredDuringExecution",
  "requiredDuringSchedulingIgnoredDuringExecution",
]);

/** Entries that are one thing or another, such as a volume's source: what another one does not say is not kept. */
const ONE_OF: ReadonlySet<string> = new Set(["env", "volumes"]);

/** What the lists of a pod are merged by; undefined for lists that are replaced. */
export const mergeKey = (list: string, entry: unknown): string | undefined => {
  const keys = MERGE_KEYS[list];
  if (keys === undefined || !isEntry(entry)) return undefined;
  const values = keys.map((key) => entry[key] ?? (key === "protocol" ? "TCP" : null));
  return values.every((value) => typeof value !== "object" || value === null) ? JSON.stringify(values) : undefined;
};

/**
 * Lays one piece of a pod over another by Kubernetes' strategic merge: maps are merged, lists by their merge keys, and all else is replaced. It changes neither, and
 * keeps outputs of Pulumi as they are.
 *
 * @param field name of the field that both are the value of: it says how a list is merged.
 */
export function strategicMerge<T>(base: T, patch: unknown, field = ""): T {
  if (patch === undefined) return base;
  if (Array.isArray(base) && Array.isArray(patch)) return mergeLists(base, patch, field) as T;
  if (!isEntry(base) || !isEntry(patch)) return patch as T;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (value !== undefined) merged[key] = strategicMerge(merged[key], value, key);
  }
  return merged as T;
}

function mergeLists(base: readonly unknown[], patch: readonly unknown[], field: string): unknown[] {
  if (ADDED.has(field)) return [...base, ...patch.filter((one) => !base.some((own) => isDeepStrictEqual(own, one)))];
  if (MERGE_KEYS[field] === undefined) return [...patch];
  const merged = [...base];
  for (const entry of patch) {
    const key = mergeKey(field, entry);
    const at = key === undefined ? -1 : merged.findIndex((own) => mergeKey(field, own) === key);
    if (at < 0) merged.push(entry);
    else merged[at] = mergeEntries(merged[at], entry, field);
  }
  return merged;
}

function mergeEntries(own: unknown, entry: unknown, field: string): unknown {
  if (!ONE_OF.has(field) || !isEntry(own) || !isEntry(entry)) return strategicMerge(own, entry);
  return strategicMerge(Object.fromEntries(Object.entries(own).filter(([key]) => key in entry)), entry);
}

/** Whether a value is a plain object, which an output of Pulumi is not. */
function isEntry(value: unknown): value is Entry {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
