import dockerignore from "@balena/dockerignore";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** The source of an image. */
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

/**
 * A hash of the names, modes and bytes of an image's source: the same on every machine, and different whenever the image could differ. Files that a
 * `.dockerignore` excludes are not sent to the builder, and do not count.
 *
 * @returns 16 hexadecimal digits, fit for a tag.
 */
export function contentHash({ context, dockerfile, args }: ImageSource): string {
  const hash = createHash("sha256");
  const add = (...parts: (string | Buffer)[]) => {
    for (const part of parts) hash.update(String(part.length)).update("\0").update(part);
  };
  add("dockerfile", readFileSync(dockerfile));
  const rules = dockerignore().add(ignored(context));
  for (const name of files(context).map((file) => relative(context, file))) {
    if (rules.ignores(name)) continue;
    const file = join(context, name);
    const executable = (statSync(file).mode & 0o100) !== 0;
    add("file", name.split(sep).join("/"), executable ? "x" : "-", readFileSync(file));
  }
  for (const key of Object.keys(args).sort()) add("argument", key, args[key] ?? "");
  return hash.digest("hex").slice(0, 16);
}

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !IGNORED.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? files(path) : [path];
    })
    .sort();
}

/** The rules of a context's `.dockerignore`. */
function ignored(context: string): string {
  const file = join(context, ".dockerignore");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
