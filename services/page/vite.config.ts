import { defineConfig } from "vite";

/** The build of the chat page, for the image and the browser tests. */
export default defineConfig({
  root: import.meta.dirname,
  // Relative addresses, so that the page also works below a path that an Ingress adds.
  base: "./",
  build: { outDir: "../dist/page", emptyOutDir: true, target: "es2023", modulePreload: { polyfill: false } },
  worker: { format: "es" },
  logLevel: "warn",
});
