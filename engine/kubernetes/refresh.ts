/** The drift of an object since it was last applied: the refresh of Pulumi's Kubernetes provider. */
import { diff, formatPath, valueAt, type Path } from "../paths";
import type { Drift, Refreshed } from "../provider";
import { equal, isObject, markSecretsLike, type PropertyMap, type Value } from "../values";
import type { KubeClient, KubeObject } from "./client";
import { ApiError } from "./http";
import { objectOf, outputsOf } from "./object";
import { ruleFor } from "./rules";

/** The server's bookkeeping, which changes by itself. */
const BOOKKEEPING = ["managedFields", "resourceVersion", "generation", "creationTimestamp"];

/**
 * Compares a live object with the inputs that it was applied with.
 *
 * @param inputs the applied inputs, with secret marks
 * @param applied asks the server for the object that the inputs would give if they were applied again
 * @returns `undefined` when the object changed meanwhile and must be read again
 */
export async function refreshed(
  client: KubeClient,
  live: KubeObject,
  inputs: PropertyMap,
  applied: (object: KubeObject) => Promise<KubeObject>,
): Promise<Refreshed | undefined> {
  const declared = objectOf(inputs);
  const drift = await driftOf(live, declared, applied);
  if (drift === undefined) {
    return undefined;
  }
  let now = declared as unknown as PropertyMap;
  for (const { path } of drift) {
    now = withLive(now, path, live as unknown as PropertyMap) as PropertyMap;
  }
  const readiness = await readinessOf(client, live);
  const found: PropertyMap = drift.length === 0 ? inputs : (markSecretsLike(now, inputs) as PropertyMap);
  return {
    inputs: found,
    outputs: outputsOf(live, inputs),
    drift,
    ...(readiness !== undefined && { readiness }),
  };
}

async function driftOf(
  live: KubeObject,
  declared: KubeObject,
  applied: (object: KubeObject) => Promise<KubeObject>,
): Promise<Drift[] | undefined> {
  const asDeclared = declared as unknown as PropertyMap;
  // Usually the server has only added fields, and no dry run is needed.
  if (equal(shapedLike(live as unknown as PropertyMap, asDeclared) ?? null, asDeclared)) {
    return [];
  }
  const before = withoutBookkeeping(live);
  let after: PropertyMap;
  try {
    const result = await applied(declared);
    if (result.metadata["resourceVersion"] !== live.metadata["resourceVersion"]) {
      return undefined;
    }
    after = withoutBookkeeping(result);
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 422)) {
      throw error;
    }
    // An object of this name that somebody else made, and that cannot become the declared one.
    after = asDeclared;
  }
  const paths = new Map<string, Path>();
  for (const { path } of diff((after === asDeclared ? shapedLike(before, after) : before) as PropertyMap, after)) {
    // Place does not identify the items of a list, so the list counts as a whole.
    const item = path.findIndex((step) => typeof step === "number");
    const whole = item < 0 ? path : path.slice(0, item);
    paths.set(formatPath(whole), whole);
  }
  return [...paths.values()].map((path) => ({ path, managers: managersOf(live, path) }));
}

function withoutBookkeeping(object: KubeObject): PropertyMap {
  const metadata = Object.fromEntries(Object.entries(object.metadata).filter(([key]) => !BOOKKEEPING.includes(key)));
  return Object.fromEntries(
    Object.entries({ ...object, metadata }).filter(([key]) => key !== "status"),
  ) as unknown as PropertyMap;
}

/** The live value without the server's additions. */
function shapedLike(live: Value | undefined, declared: Value): Value | undefined {
  if (isObject(live) && isObject(declared)) {
    return Object.fromEntries(
      Object.entries(declared).flatMap(([key, value]): [string, Value][] => {
        const inner = shapedLike(live[key], value);
        return inner === undefined ? [] : [[key, inner]];
      }),
    );
  }
  if (Array.isArray(live) && Array.isArray(declared)) {
    return live.map((item, index) => shapedLike(item, declared[index] ?? item) ?? null);
  }
  return live;
}

/** The inputs with the live value at a path, in the declared shape. */
function withLive(node: Value | undefined, path: Path, live: Value | undefined): Value | undefined {
  const [step, ...rest] = path;
  if (step === undefined) {
    return live === undefined ? undefined : shapedLike(live, node ?? live);
  }
  const inner = withLive(isObject(node) ? node[step] : undefined, rest, valueAt(live ?? null, [step]));
  const others = Object.entries(isObject(node) ? node : {}).filter(([key]) => key !== step);
  return Object.fromEntries(inner === undefined ? others : [...others, [step, inner]]);
}

/** The other field managers of a field, by the server's record. */
function managersOf(live: KubeObject, path: Path): string[] {
  const entries = (live.metadata.managedFields ?? []) as { manager?: string; fieldsV1?: unknown }[];
  const fields = path.map((step) => `f:${step}`);
  const names = entries
    .filter(({ fieldsV1 }) => fields.reduce<unknown>((node, key) => (isObject(node) ? node[key] : undefined), fieldsV1))
    .map(({ manager }) => manager ?? "");
  return [...new Set(names)].filter((name) => name !== "" && name !== FIELD_MANAGER);
}

/** Kinds whose readiness the real provider's refresh checks. A volume that lost its claim is not one: it waits for the next. */
const READ_FOR_READINESS = new Set(["DaemonSet", "Deployment", "Ingress", "Job", "Pod", "Service", "StatefulSet"]);

async function readinessOf(client: KubeClient, live: KubeObject): Promise<Refreshed["readiness"]> {
  const asked = READ_FOR_READINESS.has(live.kind) && live.metadata.annotations?.["pulumi.com/skipAwait"] !== "true";
  const rule = asked ? ruleFor(live) : undefined;
  const verdict = await rule?.(live, client);
  if (verdict === undefined) {
    return undefined;
  }
  return verdict.state === "ready" ? "ready" : { notReady: verdict.reason };
}

/** The stand-in's field manager. */
export const FIELD_MANAGER = "kafka-stack";
