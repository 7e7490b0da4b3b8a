import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly resolved?: string; readonly [key: string]: unknown }>
  >;
}

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as unknown;
const nameOf = (path: string) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

describe("services/package-lock.json", () => {
  const own = (read("../package-lock.json") as Lock).packages;
  const root = (read("../../package-lock.json") as Lock).packages;
  const manifest = read("../package.json") as Record<string, unknown>;
  const howTo = "run `node services/lock.mjs`";

  it("locks the dependencies of services/package.json", () => {
    for (const key of ["name", "version", "dependencies", "devDependencies", "engines"]) {
      assert.deepEqual(own[""]?.[key], manifest[key], `${key} is stale; ${howTo}`);
    }
  });

  it("has the versions of the repository's lock file", () => {
    const versions = Map.groupBy(
      Object.entries(root).filter(([path]) => path.includes("node_modules/")),
      ([path]) => nameOf(path),
    );
    for (const [path, { version }] of Object.entries(own)) {
      if (path === "") continue;
      const known = versions.get(nameOf(path))?.map(([, entry]) => entry.version) ?? [];
      assert.ok(known.includes(version), `${path} is ${version ?? "?"} here and ${known.join(", ")} there; ${howTo}`);
    }
  });

  it("names no download host", () => {
    for (const [path, { resolved }] of Object.entries(own)) assert.equal(resolved, undefined, path);
  });
});
