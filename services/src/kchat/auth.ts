import { timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { FastifyInstance } from "fastify";
import { HttpError } from "./http-error.js";
import { SettingsError } from "./settings.js";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Answers without a token: probes, metrics, the page, descriptions. */
    open?: boolean;
  }
}

/**
 * Reads the token that callers must present.
 *
 * @throws {@link SettingsError} when the file is missing or empty: a service that should be guarded must not start unguarded.
 */
export async function readToken(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const token = await readFile(path, "utf8").catch((error: unknown) => {
    throw new SettingsError([`KCHAT_TOKEN_FILE="${path}": ${(error as Error).message}`]);
  });
  if (token.trim() === "") throw new SettingsError([`KCHAT_TOKEN_FILE="${path}": the file is empty.`]);
  return token.trim();
}

/** Answers 401 to requests without the token, except on open routes. Lets everyone in when there is no token. */
export function requireToken(app: FastifyInstance, token: string | undefined): void {
  if (token === undefined) return;
  const expected = Buffer.from(`Bearer ${token}`);
  app.addHook("onRequest", (request, reply, done) => {
    if (request.is404 || request.routeOptions.config.open === true) {
      done();
      return;
    }
    const given = Buffer.from(request.headers.authorization ?? "");
    if (given.length === expected.length && timingSafeEqual(given, expected)) {
      done();
      return;
    }
    void reply.header("www-authenticate", "Bearer");
    done(new HttpError(401, "unauthorized", "A valid token is needed: Authorization: Bearer …"));
  });
}
