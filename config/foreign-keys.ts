import { nearest } from "../components/kubernetes/nearest";
import type { Problem } from "./problems";
import { stackSchema } from "./schema";

/** Keys of Pulumi's Kubernetes provider that say where the stack goes, which the program decides by its own. */
const PLACES: Readonly<Record<string, string>> = {
  "kubernetes:namespace": "the namespace is cluster.namespace",
  "kubernetes:cluster": "the cluster is that of cluster.context",
};

/**
 * Keys of other namespaces that were meant for the project: nobody reads these, so the stack would have defaults in their place. Keys of other
 * providers and tools are no problem.
 *
 * @param project the project's name, the namespace of its keys.
 * @param keys all keys of the stack's config, with their namespaces.
 * @returns problems whose paths have the namespace, too.
 */
export function foreignKeys(project: string, keys: readonly string[]): Problem[] {
  return keys.flatMap((key) => {
    if (key.startsWith(`${project}:`)) return [];
    if (Object.hasOwn(PLACES, key)) return [{ path: key, message: `has no effect: ${PLACES[key] ?? ""}` }];
    const [namespace = "", name = ""] = key.split(/:(.*)/s);
    if (!Object.hasOwn(stackSchema.shape, name) && nearest(namespace, [project], 2) === undefined) return [];
    return [{ path: key, message: `is not read: keys of this project begin with ${project}:` }];
  });
}
