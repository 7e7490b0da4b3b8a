/** Names of kinds in the API, and changes that need a replacement. */
import { immutablePaths } from "kafka-stack-kubernetes-facts";
import { contains, parsePath, valueAt, type Change, type Path } from "../paths";

/** The plural of a kind, in lower case, by the rules of English that Kubernetes' own kinds follow. */
export function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  if (lower === "endpoints") {
    return lower;
  }
  if (/[^aeiou]y$/.test(lower)) {
    return `${lower.slice(0, -1)}ies`;
  }
  return /(s|x|ch|sh)$/.test(lower) ? `${lower}es` : `${lower}s`;
}

/** Which kinds the provider treats as immutable. */
export interface Mutability {
  readonly configMaps: boolean;
  readonly secrets: boolean;
}

/** The paths of a kind whose change needs a replacement. */
export function replacedPaths(apiVersion: string, kind: string, immutable: boolean, mutability: Mutability): Path[] {
  const paths = [...immutablePaths(apiVersion, kind)];
  const core = ["v1", "core/v1"].includes(apiVersion);
  if (kind === "Secret" && core && (!mutability.secrets || immutable)) {
    paths.push("stringData", "data");
  }
  if (kind === "ConfigMap" && core && (!mutability.configMaps || immutable)) {
    paths.push("binaryData", "data");
  }
  return paths.map(parsePath);
}

/** Whether a change touches one of the paths: at it, below it, or above it with a value that contains it. */
export function forcesReplacement(paths: readonly Path[], change: Change): boolean {
  return paths.some((path) => {
    if (contains(path, change.path)) {
      return true;
    }
    const value = change.new ?? change.old;
    return (
      contains(change.path, path) && value !== undefined && valueAt(value, path.slice(change.path.length)) !== undefined
    );
  });
}
