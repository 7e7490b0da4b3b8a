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

/** What may follow a word such as `password` in a text: everything is left out, because nobody knows where it ends. */
const AFTER_SECRET = /((?:password|passphrase|secret|token|credential)[\w.-]*["']?\s*[=:]\s*)\S.*/is;

/** Credentials before a host. A digest follows an image's tag in the same way. */
const CREDENTIALS = /[^\s/@]+:[^\s/@]*@(?!sha256:)/g;

/**
 * A value for an error message: short, in one line, and without what may be secret, which is the content of maps and lists, credentials in addresses,
 * keys, and what follows the word password.
 */
export function show(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a map";
  const text = String(value);
  if (text.trim() === "") return text === "" ? "an empty text" : "a blank text";
  if (text.includes("-----BEGIN")) return "a text with a key or a certificate";
  const line = text.replace(AFTER_SECRET, "$1…").replaceAll(CREDENTIALS, "…@").replaceAll(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}
