import { fileURLToPath } from "node:url";
import Fastify, { type FastifyInstance } from "fastify";
import { HttpError } from "../kchat/http-error.js";
import { refuseCrossSite } from "../kchat/same-site.js";
import { servePage } from "../kconsumer/page.js";
import type { Feed } from "./feed.js";

/** The folder of the built page: beside the bundle. */
export const CLUSTER_PAGE_DIRECTORY = fileURLToPath(new URL("./cluster-page/", import.meta.url));

/** Viewers at a time. */
const VIEWERS = 32;

/** Bytes that a viewer may be behind before its stream ends; it comes back by itself. */
const BACKLOG_BYTES = 8_388_608;

/** Names by which the end of a port-forward is reached. */
const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;

/** The page of the cluster: files, and `/events`, the stream of {@link PageEvent}s. It only reads. */
export async function createPageApp(feed: Feed, directory = CLUSTER_PAGE_DIRECTORY): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({ requestTimeout: 30_000, forceCloseConnections: true });
  app.addHook("onRequest", (request, _reply, done) => {
    // A page of another site can point a name of its own at this machine; it cannot hide that name.
    const problem = LOCAL.test(request.headers.host ?? "")
      ? undefined
      : new HttpError(
          403,
          "foreign_name",
          "This page is only for this machine: open it as http://localhost or http://127.0.0.1.",
        );
    done(problem);
  });
  // A HEAD would be answered by a stream without a body that never ends.
  app.get("/events", { exposeHeadRoute: false, onRequest: refuseCrossSite }, (_request, reply) => {
    if (feed.viewers >= VIEWERS) {
      throw new HttpError(503, "too_many_viewers", `${VIEWERS} viewers look already.`);
    }
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    // The headers go out before Kafka has answered.
    raw.write(": the cluster\n\n");
    const leave = feed.join((event) => {
      raw.write(`data: ${event}\n\n`);
      if (raw.writableLength > BACKLOG_BYTES) raw.destroy();
    });
    raw.once("close", leave);
  });
  await servePage(app, directory);
  return app;
}
