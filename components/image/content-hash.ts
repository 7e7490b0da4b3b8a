import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** What an image is made of. */
export interface ImageSource {
  /** Folder that is sent to the builder. */
  readonly context: string;
  /** Path of the Dockerfile. */
  readonly dockerfile: string;
  /** Build arguments. */
  readonly args: Readonly<Record<string, string>>;
}

/** Names that never belong to a source, whatever a `.dockerignore` says. */
const IGNORED = new Set(["node_modules", "dist", ".git", ".dockerignore"]);

const ALLOWED_FORM = /^!([\w.-]+)(\/\*\*)?$/;

/**
 * A hash over the names, modes and bytes of an image's source: the same on every machine, and new whenever the image could be.
 *
 * @returns 16 hexadecimal digits, fit for a tag.
 * @throws when the context has a `.dockerignore` that is no list of what belongs to the source: `**`, then lines such as `!package.json` and `!src/**`.
 */
export function contentHash({ context, dockerfile, args }: ImageSource): string {
  const hash = createHash("sha256");
  const add = (...parts: (string | Buffer)[]) => {
    for (const part of parts) hash.update(String(part.length)).update("\0").update(part);
  };
  add("dockerfile", readFileSync(dockerfile));
  for (const file of files(context, allowed(context))) {
    const executable = (statSync(file).mode & 0o100) !== 0;
    add("file", relative(context, file).split(sep).join("/"), executable ? "x" : "-", readFileSync(file));
  }
  for (const key of Object.keys(args).sort()) add("argument", key, args[key] ?? "");
  return hash.digest("hex").slice(0, 16);
}

function files(folder: string, belongs: (name: string) => boolean): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !IGNORED.has(name) && belongs(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? files(path, () => true) : [path];
    })
    .sort();
}

/** What a `.dockerignore` lets through of the top of a context; everything where there is none. */
function allowed(context: string): (name: string) => boolean {
  const file = join(context, ".dockerignore");
  if (!existsSync(file)) return () => true;
  const lines = readFileSync(file, "utf8")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const [first, ...rest] = lines;
  const names = rest.map((line) => ALLOWED_FORM.exec(line)?.[1]);
  if (first !== "**" || names.includes(undefined)) {
    throw new Error(
      `${file} must be a list of what belongs to the image: "**", then lines such as "!package.json" and "!src/**"`,
    );
  }
  return (name) => names.includes(name);
}
