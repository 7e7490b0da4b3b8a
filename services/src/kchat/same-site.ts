import type { FastifyRequest } from "fastify";
import { HttpError } from "./http-error.js";

/**
 * A hook that refuses requests that a page of another site makes a browser send. Without it, whoever visits such a page would write into the chat
 * unknowingly. Browsers state a request's origin (`Sec-Fetch-Site`, over plain HTTP only `Origin`). Other programs do not, and are let in.
 */
export function refuseCrossSite(request: FastifyRequest, _reply: unknown, done: (error?: Error) => void): void {
  done(
    isCrossSite(request)
      ? new HttpError(403, "cross_site", "Pages of other sites may not use this service.")
      : undefined,
  );
}

function isCrossSite({ headers, host }: FastifyRequest): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  return headers.origin !== undefined && !isOriginOf(headers.origin, host);
}

/** Whether pages of `origin` come from `host`, the service's name in the request. The scheme does not count: TLS may end at an Ingress. */
function isOriginOf(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host: name } = new URL(origin);
  const address = `${protocol}//${host}`;
  return name !== "" && URL.canParse(address) && new URL(address).host === name;
}
