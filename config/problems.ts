/** Something wrong with the config. */
export interface Problem {
  /** Path of the key as `pulumi config set --path` takes it, such as `storage.size` or `topics[0].partitions`. */
  readonly path: string;
  /** The value, what is wrong with it and what is allowed, without a full stop. */
  readonly message: string;
}

/** A key's place in the config. */
export type Path = readonly (string | number)[];

/** Writes a path as `pulumi config set --path` takes it: `topics[0].name`, `kafka.config["log.dirs"]`. */
export function formatPath(path: Path): string {
  return path
    .map((key, index) => {
      if (typeof key === "number") return `[${key}]`;
      if (!/^[\w-]+$/.test(key)) return `[${JSON.stringify(key)}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join("");
}

/** The sentence of a value that is not allowed. */
export const refusal = (value: unknown, allowed: string): string => `${show(value)} is refused; allowed is ${allowed}`;

/** A value as an error shows it: short, and in one line. */
export function show(value: unknown): string {
  const line = (typeof value === "string" ? value : JSON.stringify(value)).replaceAll(/\s+/g, " ");
  if (line === "") return "an empty text";
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

/** The value at a path, or undefined. */
export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    root,
  );
}
