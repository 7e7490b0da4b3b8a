/** A key's place in something that was written. */
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
