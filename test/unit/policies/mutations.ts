import type { PulumiResource } from "../../../policy/model/resource";

/** A change of a stack's resources. */
export type Mutation = (resources: PulumiResource[]) => void;

/** The path of a property. */
export type Path = readonly (string | number)[];

/** The pod's spec in a workload. */
export const pod: Path = ["spec", "template", "spec"];

/** The first container in a workload. */
export const container: Path = [...pod, "containers", 0];

/** Sets a property; missing objects on the way are created. */
export function set(object: string, path: Path, value: unknown): Mutation {
  return (resources) => {
    change(find(resources, object), path, () => value);
  };
}

/** Removes a property. */
export function unset(object: string, path: Path): Mutation {
  return set(object, path, undefined);
}

/**
 * Replaces a part of a text.
 *
 * @throws when the text does not contain it.
 */
export function replace(object: string, path: Path, from: string, to: string): Mutation {
  return (resources) => {
    change(find(resources, object), path, (text) => {
      if (typeof text !== "string" || !text.includes(from)) {
        throw new Error(`${path.join(".")} of ${object} does not contain ${from}`);
      }
      return text.replace(from, to);
    });
  };
}

/** Removes every resource whose description, `Kind name`, matches. */
export function remove(form: RegExp): Mutation {
  return (resources) => {
    const kept = resources.filter((resource) => !form.test(describeResource(resource)));
    if (kept.length === resources.length) {
      throw new Error(`there is no resource ${String(form)}`);
    }
    resources.splice(0, resources.length, ...kept);
  };
}

/** Adds a resource. */
export function add(type: string, name: string, props: Record<string, unknown>): Mutation {
  return (resources) => {
    const urn = resources[0]?.urn.replace(/::[^:]*::[^:]*$/, `::${type}::${name}`) ?? "";
    resources.push({ type, name, urn, props });
  };
}

/** Makes several changes in order. */
export function all(...mutations: readonly Mutation[]): Mutation {
  return (resources) => {
    for (const mutate of mutations) {
      mutate(resources);
    }
  };
}

function find(resources: readonly PulumiResource[], object: string): PulumiResource {
  const found = resources.find((resource) => describeResource(resource) === object);
  if (found === undefined) {
    throw new Error(`there is no ${object} among ${resources.map(describeResource).join(", ")}`);
  }
  return found;
}

function describeResource({ type, name, props }: PulumiResource): string {
  const { name: objectName } = (props["metadata"] ?? {}) as { name?: string };
  return `${type.split(":").at(-1) ?? ""} ${objectName ?? name}`;
}

function change(resource: PulumiResource, path: Path, by: (old: unknown) => unknown): void {
  let parent: Record<string | number, unknown> = resource.props;
  for (const key of path.slice(0, -1)) {
    parent = (parent[key] ??= {}) as Record<string | number, unknown>;
  }
  const last = path.at(-1) ?? "";
  parent[last] = by(parent[last]);
}
