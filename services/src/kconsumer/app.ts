import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { HttpError } from "../kchat/http-error.js";
import { consumerDescription } from "../kchat/openapi.js";
import { requireRoom } from "../kchat/rooms.js";
import { refuseCrossSite } from "../kchat/same-site.js";
import { createServer, type Readiness } from "../kchat/server.js";
import { ConsumerMetrics } from "./metrics.js";
import { servePage } from "./page.js";
import { proxyPublishing } from "./publish-proxy.js";
import { RoomHub } from "./room-hub.js";
import type { RoomSource } from "./room-source.js";
import { Seats } from "./seats.js";
import { Turns } from "./turns.js";

/** Options of kconsumer. */
export interface ConsumerAppOptions {
  readonly rooms: readonly string[];
  readonly source: (room: string) => RoomSource;
  readonly trustProxy: (address: string) => boolean;
  readonly maxBodyBytes: number;
  /** Messages kept in memory for each room: the limit of `?history`, and the first source for resuming readers. */
  readonly historyEvents: number;
  /** Bytes kept in memory for each room. */
  readonly historyBytes: number;
  readonly maxBacklogBytes: number;
  readonly maxReaders: number;
  /** Concurrent event streams of one address. */
  readonly maxReadersPerAddress: number;
  /** Concurrent readers of messages that are no longer in memory. */
  readonly maxResuming: number;
  readonly heartbeatMs: number;
  /** kproducer's address; without it the page can only show messages. */
  readonly producerUrl: string | undefined;
  /** Messages per client address and second that are forwarded to kproducer. */
  readonly rateLimit: number;
  /** The folder of the built page. */
  readonly pageDirectory: string;
  readonly token: string | undefined;
  readonly logger: FastifyBaseLogger;
}

/** kconsumer's HTTP side, and its hooks for stopping. */
export interface ConsumerApp {
  readonly app: FastifyInstance;
  /** Makes it unready; open streams go on. */
  readonly drain: () => void;
  /** Tells every reader to reconnect, and ends the streams. */
  readonly disconnect: () => void;
}

interface ConnectQuery {
  readonly room?: string;
  readonly history?: string;
  readonly lastEventId?: string;
}

/** One address may have this fraction of the places for readers of older messages. */
const RESUMING_SHARES = 5;

/** Readers of older messages that get a chunk in one round of the event loop. New messages wait for a millisecond at most. */
const CHUNKS_PER_ROUND = 32;

/** Builds kconsumer: one {@link RoomHub} for each room, the event streams on top of them, and the page. */
export async function createConsumerApp(options: ConsumerAppOptions): Promise<ConsumerApp> {
  let draining = false;
  const hubs = new Map<string, RoomHub>();
  const { app, metrics: registry } = createServer({
    name: "kconsumer",
    logger: options.logger,
    trustProxy: options.trustProxy,
    bodyLimit: options.maxBodyBytes,
    readiness: () => readiness(hubs, draining),
    token: options.token,
    description: consumerDescription,
  });
  const seats = new Seats(options.maxReaders, options.maxReadersPerAddress);
  const resuming = new Seats(options.maxResuming, Math.ceil(options.maxResuming / RESUMING_SHARES));
  const turns = new Turns(CHUNKS_PER_ROUND);
  const metrics = new ConsumerMetrics(registry, hubs, options.logger);
  for (const room of options.rooms) {
    const hub = new RoomHub(options.source(room), {
      log: { events: options.historyEvents, bytes: options.historyBytes },
      maxBacklogBytes: options.maxBacklogBytes,
      retryMs: 1_000,
      resuming,
      turns,
      observer: metrics.observer(room),
    });
    hubs.set(room, hub);
  }
  const heartbeat = setInterval(() => {
    for (const hub of hubs.values()) hub.beat();
  }, options.heartbeatMs);
  app.addHook("onClose", (_app, done) => {
    clearInterval(heartbeat);
    done();
  });
  // A HEAD would be answered by a stream without a body that never ends.
  app.get<{ Querystring: ConnectQuery }>(
    "/sse/connect",
    { exposeHeadRoute: false, onRequest: refuseCrossSite },
    (request, reply) => connect(request, reply, { hubs, seats, options }),
  );
  const config = {
    rooms: options.rooms,
    canPublish: options.producerUrl !== undefined,
    needsToken: options.token !== undefined,
  };
  app.get("/api/config", { config: { open: true } }, (_request, reply) => reply.send(config));
  await servePage(app, options.pageDirectory);
  const { producerUrl, rooms, rateLimit } = options;
  if (producerUrl !== undefined) await proxyPublishing(app, { rooms, producerUrl, rateLimit });
  return {
    app,
    drain: () => {
      draining = true;
    },
    disconnect: () => {
      for (const hub of hubs.values()) hub.stop();
    },
  };
}

/** What event streams share. */
interface Streams {
  readonly hubs: ReadonlyMap<string, RoomHub>;
  readonly seats: Seats;
  readonly options: ConsumerAppOptions;
}

async function connect(
  request: FastifyRequest<{ Querystring: ConnectQuery }>,
  reply: FastifyReply,
  { hubs, seats, options }: Streams,
): Promise<void> {
  const { query, headers } = request;
  const hub = hubs.get(requireRoom(options.rooms, single(query.room) ?? options.rooms[0] ?? ""));
  const history = parseHistory(single(query.history), options.historyEvents);
  const lastEventId = single(headers["last-event-id"]) ?? single(query.lastEventId);
  const start = {
    lastEventId: lastEventId === "" ? undefined : lastEventId,
    history,
    messagesOnly: !asksForEventStream(headers.accept),
    address: request.ip,
  };
  if (reply.raw.destroyed) return;
  const release = takeSeat(seats, request.ip);
  // Whatever happens, the answer ends and its seat becomes free.
  reply.raw.once("close", release);
  await hub?.connect(reply.raw, start, () => {
    reply.hijack();
    // The stream ends with the connection, so its parts need no lengths of their own.
    reply.raw.removeHeader("transfer-encoding");
    reply.raw.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
      connection: "close",
      "x-content-type-options": "nosniff",
    });
  });
}

function takeSeat(seats: Seats, address: string): () => void {
  const seat = seats.take(address);
  if (typeof seat !== "string") return seat;
  if (seat === "full") {
    throw new HttpError(503, "too_many_readers", "This replica has reached its limit of readers.", 5);
  }
  throw new HttpError(429, "too_many_streams", "This address has reached its limit of event streams.", 5);
}

/**
 * Whether a client asks for an event stream by name, as standard clients do. The original's client accepts anything, and shows everything that ends
 * with an empty line as a message.
 */
function asksForEventStream(accept: string | undefined): boolean {
  return accept?.toLowerCase().includes("text/event-stream") ?? false;
}

/** The first value of a repeated parameter. */
function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function parseHistory(text: string | undefined, maximum: number): number {
  if (text === undefined) return 0;
  if (!/^\d{1,9}$/.test(text)) throw new HttpError(400, "bad_history", "history must be a whole number of messages.");
  return Math.min(Number(text), maximum);
}

function readiness(hubs: ReadonlyMap<string, RoomHub>, draining: boolean): Readiness {
  if (draining) return { ready: false, reason: "Stopping." };
  for (const [room, hub] of hubs) {
    if (!hub.ready) return { ready: false, reason: `Room ${room} is not being read from Kafka yet.` };
  }
  return { ready: true, reason: "" };
}
