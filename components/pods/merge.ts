import { isDeepStrictEqual } from "node:util";

type Entry = Readonly<Record<string, unknown>>;

/**
 * Kubernetes' merge keys by the name of the list: they identify its entries. Some differ from Kubernetes' own rules. Tolerations have no merge key
 * there, so those for one kind of pod would replace those for all. Ports of a container and spread constraints have the keys of server-side apply.
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

/** Lists without a merge key that are appended to: affinity terms between pods apply one by one, and the stack's own must stay. */
const ADDED: ReadonlySet<string> = new Set([
  "preferredDuringSchedulingIgnoredDuringExecution",
  "requiredDuringSchedulingIgnoredDuringExecution",
]);

/** Lists whose entries are of one type or another, such as a volume's source: a later entry replaces an earlier one. */
const ONE_OF: ReadonlySet<string> = new Set(["env", "volumes"]);

/** The key by which a list's entry is merged; undefined for lists that are replaced. */
export const mergeKey = (list: string, entry: unknown): string | undefined => {
  const keys = MERGE_KEYS[list];
  if (keys === undefined || !isEntry(entry)) return undefined;
  const values = keys.map((key) => entry[key] ?? (key === "protocol" ? "TCP" : null));
  return values.every((value) => typeof value !== "object" || value === null) ? JSON.stringify(values) : undefined;
};

/**
 * Overlays one part of a pod with another by Kubernetes' strategic merge: maps are merged, lists by their merge keys, and everything else is
 * replaced. It changes neither argument, and keeps Pulumi outputs unchanged.
 *
 * @param field name of the field with both values: it determines how a list is merged.
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

/** Whether a value is a plain object, and no Pulumi output. */
function isEntry(value: unknown): value is Entry {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
