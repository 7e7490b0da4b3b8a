import { defineConfig } from "vite";

/** The build of the page of the cluster, for the image and the browser tests. */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  build: { outDir: "../dist/cluster-page", emptyOutDir: true, target: "es2023", modulePreload: { polyfill: false } },
  logLevel: "warn",
});
