import {
  type Change,
  diff,
  forcesReplacement,
  formatPath,
  isObject,
  parsePath,
  type PropertyMap,
  related,
  replacedPaths,
  restore,
  type Value,
} from "kafka-stack-engine";
import type { RecordedResource } from "./recorder";

/** What happens to a resource. */
export type Operation = "create" | "update" | "replace" | "delete";

/** A resource that differs between two commits. */
export type ResourceChange =
  | { readonly operation: "create"; readonly after: RecordedResource }
  | { readonly operation: "delete"; readonly before: RecordedResource }
  | {
      readonly operation: "update" | "replace";
      readonly before: RecordedResource;
      readonly after: RecordedResource;
      /** What differs; elements of lists are named by their `name` where they have one. */
      readonly properties: readonly Change[];
    };

/**
 * Compares what a program registers at two commits.
 *
 * @returns what differs: removed resources, then the others in the order in which the program registers them.
 */
export function compareStacks(
  before: readonly RecordedResource[],
  after: readonly RecordedResource[],
): ResourceChange[] {
  const old = new Map(before.filter(({ managed }) => managed).map((resource) => [resource.urn, resource]));
  const changes: ResourceChange[] = [];
  for (const resource of after.filter(({ managed }) => managed)) {
    const urn = [resource.urn, ...resource.aliases].find((candidate) => old.has(candidate)) ?? "";
    const previous = old.get(urn);
    old.delete(urn);
    if (previous === undefined) {
      changes.push({ operation: "create", after: resource });
      continue;
    }
    const inputs = restore(resource.ignoreChanges, previous.inputs, resource.inputs);
    const exact = diff(previous.inputs, inputs);
    if (exact.length > 0) {
      const operation = isReplaced(resource, exact, after) ? "replace" : "update";
      const byName = diff(keyed(previous.inputs), keyed(inputs));
      // When only the order of a list differs, comparison by element names shows nothing.
      const properties = byName.length > 0 ? byName : exact;
      changes.push({ operation, before: previous, after: resource, properties });
    }
  }
  return [...[...old.values()].map((resource) => ({ operation: "delete" as const, before: resource })), ...changes];
}

/** The resource as it will be, or as it was when it is removed. */
export function resourceOf(change: ResourceChange): RecordedResource {
  return change.operation === "delete" ? change.before : change.after;
}

/** The resource's kind: `StatefulSet`, `Image` … */
export function kindOf({ type }: RecordedResource): string {
  return type.split(":").at(-1) ?? type;
}

function isReplaced(
  resource: RecordedResource,
  properties: readonly Change[],
  all: readonly RecordedResource[],
): boolean {
  const wished = resource.replaceOnChanges.map(parsePath);
  if (properties.some((change) => wished.some((path) => related(path, change.path)))) {
    return true;
  }
  const [, group, kind] = /^kubernetes:(?!helm\.sh\/)([^:]+):([^:]+)$/.exec(resource.type) ?? [];
  if (group === undefined || kind === undefined) {
    return false;
  }
  const provider = all.find(({ urn }) => urn === resource.provider)?.inputs ?? {};
  const paths = replacedPaths(group, kind, resource.inputs["immutable"] === true, {
    configMaps: isTrue(provider["enableConfigMapMutable"]),
    secrets: isTrue(provider["enableSecretMutable"]),
  });
  return properties.some((change) => forcesReplacement(paths, change));
}

/** A provider's inputs are JSON in text. */
function isTrue(value: Value | undefined): boolean {
  return value === true || value === "true";
}

/** Lists whose elements all have unique names, as objects by that name, so that one more element shifts no other. */
function keyed(value: PropertyMap): PropertyMap;
function keyed(value: Value): Value;
function keyed(value: Value): Value {
  if (Array.isArray(value)) {
    const elements = value.map((element): Value => keyed(element));
    const names = elements.map((element) => (isObject(element) ? element["name"] : undefined));
    const named = names.every((name) => typeof name === "string") && new Set(names).size === names.length;
    return named ? Object.fromEntries(elements.map((element, index) => [String(names[index]), element])) : elements;
  }
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, element]) => [key, keyed(element)]))
    : value;
}

/** The paths of what differs, as text. */
export function pathsOf(properties: readonly Change[]): string[] {
  return properties.map(({ path }) => formatPath(path));
}
