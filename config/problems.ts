import { type Path } from "../components/kubernetes/problems";

export { formatPath, type Path, refusal, show } from "../components/kubernetes/problems";

/** A problem of the config. */
export interface Problem {
  /** Path of the key as `pulumi config set --path` takes it, such as `storage.size` or `topics[0].partitions`. */
  readonly path: string;
  /** The value, what is wrong with it and what is allowed, without a full stop. */
  readonly message: string;
}

/** The value at a path, or undefined. */
export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    root,
  );
}
