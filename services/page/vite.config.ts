import { defineConfig } from "vite";

/** How the chat page is built; the build of the image and the browser's tests share it. */
export default defineConfig({
  root: import.meta.dirname,
  // Relative addresses, so that the page also works below a path that an ingress adds.
  base: "./",
  build: { outDir: "../dist/page", emptyOutDir: true, target: "es2023", modulePreload: { polyfill: false } },
  worker: { format: "es" },
  logLevel: "warn",
});
