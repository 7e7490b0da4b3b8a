/** The path of a key. */
export type Path = readonly (string | number)[];

/** Writes a path in the form of `pulumi config set --path`: `topics[0].name`, `kafka.config["log.dirs"]`. */
export function formatPath(path: Path): string {
  return path
    .map((key, index) => {
      if (typeof key === "number") return `[${key}]`;
      if (!/^[\w-]+$/.test(key)) return `[${JSON.stringify(key)}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join("");
}

/** The sentence for a value that is not allowed. */
export const refusal = (value: unknown, allowed: string): string => `${show(value)} is refused; allowed is ${allowed}`;

/** A value for an error message: short, and in one line. */
export function show(value: unknown): string {
  const line = (typeof value === "string" ? value : JSON.stringify(value)).replaceAll(/\s+/g, " ");
  if (line === "") return "an empty text";
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}
