/** A hash of everything that a build can see. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { readIgnore } from "./ignore";

/**
 * Hashes the names, modes and contents of the context's files, and the Dockerfile.
 *
 * @param context the context's folder
 * @param dockerfile the Dockerfile, which may be outside the context
 * @throws when either does not exist
 */
export function hashContext(context: string, dockerfile: string): string {
  if (!fs.existsSync(context) || !fs.statSync(context).isDirectory()) {
    throw new Error(`the build context ${context} is not a folder`);
  }
  if (!fs.existsSync(dockerfile)) {
    throw new Error(`there is no Dockerfile at ${dockerfile}`);
  }
  const hash = createHash("sha256");
  const add = (name: string, mode: string, content: Buffer | string) => {
    hash.update(`${name}\0${mode}\0${content.length}\0`).update(content);
  };
  add("Dockerfile", "-", fs.readFileSync(dockerfile));
  const ignored = readIgnore(context, dockerfile);
  for (const name of filesIn(context, "")) {
    if (ignored(name)) {
      continue;
    }
    const file = path.join(context, name);
    const stat = fs.lstatSync(file);
    if (stat.isSymbolicLink()) {
      add(name, "l", fs.readlinkSync(file));
    } else if (stat.isFile()) {
      add(name, (stat.mode & 0o111) === 0 ? "-" : "x", fs.readFileSync(file));
    }
  }
  return hash.digest("hex");
}

function filesIn(root: string, folder: string): string[] {
  const entries = fs.readdirSync(path.join(root, folder), { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesIn(root, name) : [name];
    });
}
