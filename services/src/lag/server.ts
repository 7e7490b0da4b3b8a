import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { expose } from "./exposition.js";
import type { OwnMetrics } from "./metrics.js";
import type { LagModel } from "./model.js";

/** Concurrent scrapes. */
const SCRAPES = 4;

/** Milliseconds after which a reader that accepts nothing is cut off. */
const SILENCE_MS = 30_000;

/**
 * Serves `/healthz`, `/readyz` and `/metrics`.
 *
 * @param ready - why it is not ready, undefined when it is
 */
export function createLagServer(model: LagModel, metrics: OwnMetrics, ready: () => string | undefined): Server {
  let scrapes = 0;
  return createServer({ requestTimeout: 30_000 }, (request, response) => {
    const path = request.url?.split("?")[0];
    const missing = ready();
    if (request.method !== "GET") answer(response, 405, "Only GET is answered.");
    else if (path === "/healthz") answer(response, 200, "live");
    else if (path === "/readyz") answer(response, missing === undefined ? 200 : 503, missing ?? "ready");
    else if (path !== "/metrics") answer(response, 404, "There are /metrics, /healthz and /readyz.");
    else if (scrapes >= SCRAPES) answer(response, 503, `${SCRAPES} scrapes are under way.`);
    else {
      scrapes += 1;
      response.once("close", () => {
        scrapes -= 1;
      });
      response.setTimeout(SILENCE_MS, () => response.destroy());
      scrape(response, model, metrics).catch(() => response.destroy());
    }
  });
}

async function scrape(response: ServerResponse, model: LagModel, metrics: OwnMetrics): Promise<void> {
  response.writeHead(200, { "content-type": metrics.registry.contentType });
  response.write(await metrics.registry.metrics());
  const gone = new AbortController();
  response.once("close", () => {
    gone.abort();
  });
  for (const piece of expose(model, Date.now)) {
    if (gone.signal.aborted) return;
    // If the drain never comes, the closed connection ends the wait.
    if (!response.write(piece)) await once(response, "drain", { signal: gone.signal });
  }
  response.end();
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}
