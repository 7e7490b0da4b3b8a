// Bundles each program of the services image into one file. Everything is in the bundle, so the image needs no node_modules.
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { build as buildPage } from "vite";

/** The Kafka client loads its checksums from a file that it looks for beside its own source; in the bundle it is beside the bundle. */
const wasmBesideBundle = {
  name: "wasm-beside-bundle",
  setup: ({ onLoad }) =>
    onLoad({ filter: /wasm-utils\/dist\/index\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replace("'../dist/native.wasm'", "'./native.wasm'"),
    })),
};

await build({
  entryPoints: {
    kproducer: "src/kproducer/main.ts",
    kconsumer: "src/kconsumer/main.ts",
    ops: "src/ops/main.ts",
    certificates: "src/certificates/main.ts",
    lag: "src/lag/main.ts",
  },
  outdir: "dist",
  bundle: true,
  platform: "node",
  target: "node22",
  format: "esm",
  legalComments: "linked",
  // The repository's tsconfig.json is about checking types, which is not done here.
  tsconfigRaw: {},
  // Dependencies written as CommonJS ask for these.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url); const __filename = import.meta.filename; const __dirname = import.meta.dirname;',
  },
  logLevel: "info",
  plugins: [wasmBesideBundle],
});

await copyFile(new URL("native.wasm", import.meta.resolve("@platformatic/wasm-utils")), "dist/native.wasm");
await writeFile("dist/package.json", '{ "type": "module" }\n');

for (const page of ["page", "cluster-page"]) await buildPage({ configFile: `${page}/vite.config.ts` });
