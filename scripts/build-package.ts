/**
 * `npm run build`: makes the package that other programs depend on, in dist/, ready for `npm pack` and `npm publish`. Its version is that of this repository; the rest of
 * its package.json is package/package.json.
 */
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import { generateSchema } from "@pulumi/pulumi/provider/experimental/schema";
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { run } from "kafka-stack-processes";
import { basename, dirname, join, resolve } from "node:path";

const ROOT = resolve(__dirname, "..");
/** Where the package is made. @default dist; tests pass another directory */
const DIST = resolve(process.argv[2] ?? join(ROOT, "dist"));

/** What the images are built from, and what npm shows of a package, without the services' modules and bundles. */
const COPIED = [
  "CHANGELOG.md",
  "LICENSE",
  "images",
  "services/.dockerignore",
  "services/build.mjs",
  "services/package.json",
  "services/package-lock.json",
  "services/cluster-page",
  "services/page",
  "services/src",
];

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
}

const readManifest = (path: string): Manifest => JSON.parse(readFileSync(path, "utf8")) as Manifest;
const write = (path: string, content: unknown) => {
  writeFileSync(join(DIST, path), `${JSON.stringify(content, null, 2)}\n`);
};

/** The schema of the component for other languages, derived from the types of its arguments. */
function schemaOf({ name, version, description }: Manifest) {
  const found = new Analyzer(join(ROOT, "components", "provider"), name, { main: "kafka.ts" }, new Set(["Kafka"]));
  const { components, typeDefinitions, dependencies } = found.analyze();
  const schema = generateSchema(name, version, description, components, typeDefinitions, dependencies);
  // TypeScript has one kind of number. All numbers here are whole; other languages should not have to write 3.0 brokers.
  return JSON.parse(JSON.stringify(schema).replaceAll('"type":"number"', '"type":"integer"')) as unknown;
}

async function main(): Promise<void> {
  const { version } = readManifest(join(ROOT, "package.json"));
  rmSync(DIST, { recursive: true, force: true });
  const tsc = [require.resolve("typescript/bin/tsc"), "-p", join(ROOT, "tsconfig.build.json")];
  await run(process.execPath, [...tsc, "--outDir", DIST]);
  // Beside what they use, as in the repository: compiled files look for it there.
  renameSync(join(DIST, "components"), join(DIST, "lib"));
  cpSync(join(ROOT, "package"), DIST, { recursive: true });
  for (const path of COPIED) {
    mkdirSync(dirname(join(DIST, path)), { recursive: true });
    cpSync(join(ROOT, path), join(DIST, path), {
      recursive: true,
      filter: (file) => !["node_modules", "dist"].includes(basename(file)),
    });
  }
  for (const path of ["package.json", "provider/package.json"]) {
    const { name, ...manifest } = readManifest(join(ROOT, "package", path));
    write(path, { name, ...manifest, version });
  }
  write("provider/schema.json", schemaOf({ ...readManifest(join(ROOT, "package", "package.json")), version }));
}

main().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
