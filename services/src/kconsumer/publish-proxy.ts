import type { FastifyInstance } from "fastify";
import { HttpError } from "../kchat/http-error.js";
import { type PublishLimits, publishRoute } from "../kchat/publish-route.js";

/** How the page's messages reach kproducer. */
export interface PublishProxyOptions extends PublishLimits {
  /** kproducer's address, without a path. */
  readonly producerUrl: string;
}

/** Headers of kproducer's answer that are forwarded besides its body. */
const PASSED_ON = ["content-type", "retry-after"];

/**
 * Accepts messages at the page's own address and forwards them to kproducer. So a browser needs to reach only one service, and none has to allow
 * cross-site requests.
 */
export function proxyPublishing(app: FastifyInstance, options: PublishProxyOptions): Promise<void> {
  return publishRoute(app, options, async ({ room, message, request, reply }) => {
    const headers = new Headers({ "content-type": "text/plain; charset=utf-8", "x-forwarded-for": request.ip });
    const { authorization } = request.headers;
    if (authorization !== undefined) headers.set("authorization", authorization);
    let answer: Response;
    let body: Buffer;
    try {
      answer = await fetch(`${options.producerUrl}/api/topics/${encodeURIComponent(room)}`, {
        method: "POST",
        headers,
        body: message,
        signal: AbortSignal.timeout(60_000),
      });
      body = Buffer.from(await answer.arrayBuffer());
    } catch {
      throw new HttpError(
        503,
        "producer_unavailable",
        "kproducer is not reachable; the message may or may not have been sent.",
        1,
      );
    }
    for (const name of PASSED_ON) {
      const value = answer.headers.get(name);
      if (value !== null) void reply.header(name, value);
    }
    return reply.status(answer.status).send(body);
  });
}
