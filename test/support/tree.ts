import type { AliasSpec } from "kafka-stack-engine";
import type { Recorded, Recording } from "./recording";

/**
 * The resources of a stack as text for review: a tree by parents, each resource with its type, name, options and dependencies, without
 * inputs. Sorted, so that the order of registration does not matter.
 */
export function tree({ resources }: Pick<Recording, "resources">): string {
  const names = new Map(resources.map((resource) => [resource.urn, label(resource)]));
  const children = new Map<string, Recorded[]>();
  for (const resource of resources) {
    const parent = resource.parent !== undefined && names.has(resource.parent) ? resource.parent : "";
    children.set(parent, [...(children.get(parent) ?? []), resource]);
  }
  const lines = (parent: string, indent: string): string[] =>
    (children.get(parent) ?? [])
      .toSorted((one, other) => compare(label(one), label(other)))
      .flatMap((resource) => [
        `${indent}${label(resource)}${options(resource)}`,
        ...dependencies(resource, names).map((name) => `${indent}    after ${name}`),
        ...lines(resource.urn, `${indent}  `),
      ]);
  return `${lines("", "").join("\n")}\n`;
}

const label = ({ type, name }: Recorded): string => `${type} ${name}`;
const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Options that decide what happens to a resource that is changed or deleted. */
function options(resource: Recorded): string {
  const { provider, protect, retainOnDelete, deleteBeforeReplace, ignoreChanges, deletedWith, timeouts, aliases } =
    resource;
  const parts = [
    provider !== undefined && `provider ${provider.split("::").at(-2) ?? ""}`,
    protect === true && "protected",
    retainOnDelete === true && "retained on delete",
    deleteBeforeReplace === true && "deleted before replaced",
    deletedWith !== undefined && `deleted with ${deletedWith.split("::").at(-1) ?? ""}`,
    ignoreChanges.length > 0 && `ignores changes of ${ignoreChanges.join(" ")}`,
    ...aliases.flatMap(alias),
    ...Object.entries(timeouts).map(([step, seconds]) => `${step} within ${seconds} s`),
  ].filter((part) => part !== false);
  return parts.length > 0 ? ` (${parts.join(", ")})` : "";
}

/** Names, parents and types that a resource had before. Older types that the SDKs add themselves are left out. */
function alias(spec: AliasSpec): string[] {
  if ("urn" in spec) return [`was ${spec.urn}`];
  const own = spec.name !== undefined || spec.type === undefined || spec.type.startsWith("kafka-stack:");
  return own ? [`was ${JSON.stringify(spec)}`] : [];
}

function dependencies(resource: Recorded, names: ReadonlyMap<string, string>): string[] {
  return [...new Set(resource.dependencies.map((urn) => names.get(urn) ?? urn))].toSorted(compare);
}
