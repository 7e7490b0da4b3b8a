import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import { collectDefaultMetrics, Registry } from "prom-client";
import { requireToken } from "./auth.js";
import { HttpError } from "./http-error.js";
import { answerMalformedRequest } from "./malformed-request.js";

/** Whether this service can do its work at the moment. */
export interface Readiness {
  readonly ready: boolean;
  /** One sentence on what is missing, when not ready. */
  readonly reason: string;
}

/** Options that every chat service has. */
export interface ServerOptions {
  /** `kproducer` or `kconsumer`. */
  readonly name: string;
  readonly logger: FastifyBaseLogger;
  /** Whether to trust the `X-Forwarded-For` of a proxy with this address. */
  readonly trustProxy: (address: string) => boolean;
  readonly bodyLimit: number;
  readonly readiness: () => Readiness;
  /** The token that callers must present, if any. */
  readonly token: string | undefined;
  /** The service's OpenAPI description. */
  readonly description: object;
}

/** Characters of the longest topic name that Kafka takes (`Topic.MAX_NAME_LENGTH`). */
const LONGEST_TOPIC = 249;

/** An HTTP server with the parts that both services share, and the registry of its metrics. */
export interface Server {
  readonly app: FastifyInstance;
  readonly metrics: Registry;
}

/** Creates a server with probes, metrics, the echo call and JSON errors; callers add their own routes. */
export function createServer(options: ServerOptions): Server {
  const metrics = new Registry();
  metrics.setDefaultLabels({ service: options.name });
  collectDefaultMetrics({ register: metrics });
  const app: FastifyInstance = Fastify({
    // Requests are counted, not logged: a log line costs more than a message.
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: options.trustProxy,
    bodyLimit: options.bodyLimit,
    routerOptions: { maxParamLength: LONGEST_TOPIC },
    // Slow senders of headers or bodies are cut off; answers (event streams) may take for ever.
    requestTimeout: 30_000,
    forceCloseConnections: "idle",
    // Requests on an open connection are still answered while the service stops, with `connection: close`.
    return503OnClosing: false,
    // Bytes of a stream that wait in this process for a blocked connection; the kernel holds more.
    http: { highWaterMark: 16_384 },
    clientErrorHandler: answerMalformedRequest,
    frameworkErrors: answerError,
  });
  app.removeAllContentTypeParsers();
  requireToken(app, options.token);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) =>
    reply
      .status(404)
      .send({ error: "not_found", message: `There is no ${request.method} ${request.url.split("?")[0] ?? ""}.` }),
  );
  app.get("/api/system/echo", OPEN, (_request, reply) =>
    reply.type("text/plain; charset=utf-8").send(`${options.name} is here\n`),
  );
  app.get("/healthz", OPEN, (_request, reply) => reply.type("text/plain; charset=utf-8").send("live\n"));
  app.get("/readyz", OPEN, (_request, reply) => {
    const { ready, reason } = options.readiness();
    return reply
      .status(ready ? 200 : 503)
      .type("text/plain; charset=utf-8")
      .send(ready ? "ready\n" : `${reason}\n`);
  });
  app.get("/metrics", OPEN, async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()));
  app.get("/openapi.json", OPEN, (_request, reply) => reply.send(options.description));
  return { app, metrics };
}

/** Answers every error in the same form. Unexpected ones are logged, and the caller is not told details. */
function answerError(error: FastifyError | HttpError, request: FastifyRequest, reply: FastifyReply): void {
  const status = error.statusCode ?? 500;
  const code = error instanceof HttpError ? error.reason : (reasons[status] ?? "internal_error");
  if (status >= 500 && !(error instanceof HttpError)) request.log.error({ err: error }, "Request failed.");
  if (error instanceof HttpError && error.retryAfterSeconds !== undefined) {
    void reply.header("retry-after", error.retryAfterSeconds);
  }
  const message = status === 500 ? "The service failed; its log has details." : error.message;
  void reply.status(status).type("application/json").send({ error: code, message });
}

/** Routes without anything that a token should guard. */
const OPEN = { config: { open: true } };

const reasons: Record<number, string | undefined> = {
  400: "bad_request",
  413: "body_too_large",
  414: "address_too_long",
  415: "unsupported_content_type",
  429: "too_many_requests",
};
