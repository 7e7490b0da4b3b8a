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

/** What kconsumer is made of. */
export interface ConsumerAppOptions {
  readonly rooms: readonly string[];
  readonly source: (room: string) => RoomSource;
  readonly trustProxy: (address: string) => boolean;
  readonly maxBodyBytes: number;
  /** Messages of each room kept in memory: the limit of `?history` and what resuming readers are served from first. */
  readonly historyEvents: number;
  /** Bytes of each room kept in memory. */
  readonly historyBytes: number;
  readonly maxBacklogBytes: number;
  readonly maxReaders: number;
  /** Event streams that one address may have at a time. */
  readonly maxReadersPerAddress: number;
  /** Readers that may be sent messages which are no longer in memory at a time. */
  readonly maxResuming: number;
  readonly heartbeatMs: number;
  /** kproducer's address; without it the page can only show messages. */
  readonly producerUrl: string | undefined;
  /** Messages per client address and second that are passed on to kproducer. */
  readonly rateLimit: number;
  /** Where the built page is. */
  readonly pageDirectory: string;
  readonly token: string | undefined;
  readonly logger: FastifyBaseLogger;
}

/** kconsumer's HTTP side, and what must be called when it stops. */
export interface ConsumerApp {
  readonly app: FastifyInstance;
  /** From now on not ready; present streams go on. */
  readonly drain: () => void;
  /** Tells every reader to reconnect and ends the streams. */
  readonly disconnect: () => void;
}

interface ConnectQuery {
  readonly room?: string;
  readonly history?: string;
  readonly lastEventId?: string;
}

/** One address gets one of so many parts of the places for readers of older messages. */
const RESUMING_SHARES = 5;

/** Readers of older messages that are sent a chunk in one round of the event loop. What is new waits for a millisecond at most. */
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
  // HEAD would be answered by a stream without a body, which never ends.
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

/** What an event stream needs. */
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
  // Whatever comes of it, the answer ends, and its seat is free again.
  reply.raw.once("close", release);
  await hub?.connect(reply.raw, start, () => {
    reply.hijack();
    // The stream ends with the connection, so its parts need no lengths of their own around them.
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
    throw new HttpError(503, "too_many_readers", "This replica has all the readers it can serve.", 5);
  }
  throw new HttpError(429, "too_many_streams", "This address has all the event streams that one may have.", 5);
}

/**
 * Whether a client asks for an event stream by name, as the standard's clients do. The original's client asks for whatever there is, and shows
 * everything that ends with an empty line as a message.
 */
function asksForEventStream(accept: string | undefined): boolean {
  return accept?.toLowerCase().includes("text/event-stream") ?? false;
}

/** The first of a parameter that was given several times. */
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
