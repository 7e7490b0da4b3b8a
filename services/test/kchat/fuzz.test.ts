import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import type { FastifyInstance } from "fastify";
import type { ConsumerApp } from "../../src/kconsumer/app.js";
import { MemoryRoom, testConsumer, testProducer, until } from "../fakes.js";
import { exchange, request } from "../raw-http.js";

/** Requests of one round, for each service. */
const RUNS = 1_000;
/** Bytes by which a round may increase memory: enough for caches and the metrics of new labels, far below one kept buffer per request. */
const GROWTH = 1.5 * 1_048_576;

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "PROPFIND"];
const PATHS = [
  "/api/topics/chatroom",
  "/api/topics/",
  "/sse/connect",
  "/api/config",
  "/api/system/echo",
  "/metrics",
  "/readyz",
  "/openapi.json",
  "/",
];
const HEADERS = [
  "Content-Type",
  "Content-Encoding",
  "Last-Event-ID",
  "Authorization",
  "X-Forwarded-For",
  "Accept",
  "Range",
  "If-None-Match",
  "Upgrade",
  "Expect",
  "Cookie",
  "Origin",
];
const VALUES = [
  "text/plain",
  "text/plain; charset=utf-8",
  "application/json",
  "gzip",
  "memory.0-1",
  "memory.0-999999999999999",
  "bytes=0-1,5-2",
  "websocket",
  "100-continue",
  "Bearer x",
];

/** Valid bytes of a header line, so that the service has a request to deal with. */
const printable = fc.string({ unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)) });
const query = fc.oneof(
  fc.constant(""),
  fc
    .tuple(fc.constantFrom("room", "history", "lastEventId", "x"), fc.oneof(fc.constant("chatroom"), printable))
    .map(([name, value]) => `?${name}=${value}`),
);
const path = fc
  .tuple(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...PATHS) }, { weight: 1, arbitrary: printable }), query)
  .map(([base, rest]) => (base.startsWith("/") ? base : `/${base}`) + rest);
const header = fc
  .tuple(fc.constantFrom(...HEADERS), fc.oneof(fc.constantFrom(...VALUES), printable))
  .map(([name, value]) => `${name}: ${value}`);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ unit: "binary", maxLength: 200 }).map((text) => Buffer.from(text)),
  fc.nat(20_000).map((length) => Buffer.alloc(length, "a")),
);
const wellFormed = fc
  .tuple(fc.constantFrom(...METHODS), path, fc.array(header, { maxLength: 4 }), body)
  .map(([method, address, headers, bytes]) => request(`${method} ${address}`, headers, bytes));
/** Valid requests, so that the code behind the checks runs too. */
const meant = fc.oneof(
  fc
    .string({ unit: "binary", minLength: 1, maxLength: 100 })
    .map((text) => request("POST /api/topics/chatroom", ["Content-Type: text/plain"], Buffer.from(text))),
  fc.nat(200).map((history) => request(`GET /sse/connect?history=${history}`)),
  fc.nat(2_000).map((offset) => request("GET /sse/connect", [`Last-Event-ID: memory.0-${offset}`])),
);
/** A well-formed request with some bytes replaced. */
const damaged = fc
  .tuple(wellFormed, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 5 }))
  .map(([bytes, changes]) => {
    const changed = Buffer.from(bytes);
    for (const [at, value] of changes) changed[at % changed.length] = value;
    return changed;
  });
/** Waits for the answer to a whole request; otherwise, a closed connection counts too. */
const anything = fc.oneof(
  {
    weight: 3,
    arbitrary: wellFormed.map((bytes) => ({ bytes, isCutOff: bytes.toString("latin1").startsWith("HEAD") })),
  },
  { weight: 3, arbitrary: meant.map((bytes) => ({ bytes, isCutOff: false })) },
  { weight: 2, arbitrary: damaged.map((bytes) => ({ bytes, isCutOff: true })) },
);

describe("the services under arbitrary requests", function () {
  this.timeout(120_000);
  let room: MemoryRoom;
  let producer: FastifyInstance;
  let consumer: ConsumerApp;

  beforeEach(async () => {
    room = new MemoryRoom();
    producer = await testProducer({ sink: room });
    const producerUrl = await producer.listen({ host: "127.0.0.1", port: 0 });
    consumer = await testConsumer({ source: () => room.source(), producerUrl, historyEvents: 100 });
    await consumer.app.listen({ host: "127.0.0.1", port: 0 });
  });

  afterEach(async () => {
    consumer.disconnect();
    await Promise.all([consumer.app.close(), producer.close()]);
  });

  /** Sends arbitrary requests. None may be answered with 5xx, or with an error in another form. */
  async function round(app: FastifyInstance): Promise<void> {
    const { port } = app.server.address() as AddressInfo;
    const property = fc.asyncProperty(anything, async ({ bytes, isCutOff }) => {
      const { status, body: said } = await exchange(port, bytes, isCutOff);
      assert.ok(status < 500, `${status}: ${said}`);
      if (status < 400 || said === "") return;
      const { error, message } = JSON.parse(said) as { error: unknown; message: unknown };
      assert.deepEqual([typeof error, typeof message], ["string", "string"]);
    });
    await fc.assert(property, { numRuns: RUNS });
    // The memory of the fake room is not the services'.
    room.entries.length = 0;
    await until("no connection is left", () => connections(app).then((count) => count === 0));
  }

  for (const [name, app] of [
    ["kproducer", () => producer],
    ["kconsumer", () => consumer.app],
  ] as const) {
    it(`${name} answers no request with 5xx, and keeps nothing of them`, async () => {
      await round(app());
      const before = memoryUsed();
      await round(app());
      const growth = memoryUsed() - before;
      assert.ok(growth < GROWTH, `${RUNS} requests left ${growth} bytes behind`);
      const { port } = app().server.address() as AddressInfo;
      const { body: metrics } = await exchange(port, request("GET /metrics"));
      assert.doesNotMatch(metrics, /kchat_(readers|buffered_bytes)\{.*\} [^0]/);
      assert.equal((await exchange(port, request("GET /readyz"))).status, 200);
    });
  }
});

function connections(app: FastifyInstance): Promise<number> {
  return new Promise((resolve, reject) => {
    app.server.getConnections((error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}

/** Bytes in use after garbage collection. */
function memoryUsed(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
