// Writes services/package-lock.json, which the image is built from: what `npm install` would lock for services/package.json alone, at the
// versions that the repository's own lock file has. Run it (`node services/lock.mjs`) after changing dependencies.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const here = import.meta.dirname;
const nameOf = (path) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

const directory = mkdtempSync(join(tmpdir(), "services-lock-"));
try {
  copyFileSync(join(here, "package.json"), join(directory, "package.json"));
  copyFileSync(join(here, "../.npmrc"), join(directory, ".npmrc"));
  execFileSync("npm", ["install", "--package-lock-only", "--ignore-scripts"], { cwd: directory, stdio: "inherit" });
  const lock = JSON.parse(readFileSync(join(directory, "package-lock.json"), "utf8"));
  const root = JSON.parse(readFileSync(join(here, "../package-lock.json"), "utf8"));
  const candidates = Map.groupBy(
    Object.entries(root.packages).filter(([path]) => path.includes("node_modules/")),
    ([path]) => nameOf(path),
  );
  for (const [path, entry] of Object.entries(lock.packages)) {
    const known = candidates.get(nameOf(path))?.map(([, other]) => other) ?? [];
    if (path === "" || known.length === 0 || known.some((other) => other.version === entry.version)) continue;
    lock.packages[path] = { ...entry, version: known[0].version, integrity: known[0].integrity };
  }
  writeFileSync(join(here, "package-lock.json"), `${JSON.stringify(lock, null, 2)}\n`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
