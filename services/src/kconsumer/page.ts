import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

/** Allows nothing but this service's own files and calls; messages cannot bring in scripts, styles, images or frames. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The folder of the built page: beside the bundle. */
export const PAGE_DIRECTORY = fileURLToPath(new URL("./page/", import.meta.url));

/** Serves the chat page under `/`, if it has been built. */
export async function servePage(app: FastifyInstance, directory: string): Promise<void> {
  if (!existsSync(directory)) return;
  app.addHook("onSend", (_request, reply, payload, done) => {
    void reply.headers({
      "content-security-policy": CONTENT_SECURITY_POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
    done(null, payload);
  });
  await app.register(async (scope) => {
    scope.addHook("onRoute", (route) => {
      route.config = { ...route.config, open: true };
    });
    await scope.register(fastifyStatic, {
      root: directory,
      wildcard: false,
      setHeaders: (reply, path) => {
        // The names of assets contain a hash of their content; the page itself must be revalidated each time.
        const isHashed = path.includes("/assets/");
        void reply.header("cache-control", isHashed ? "public, max-age=31536000, immutable" : "no-cache");
      },
    });
  });
}
