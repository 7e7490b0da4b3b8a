import assert from "node:assert/strict";
import { z } from "zod";
import { HttpError } from "../../src/kchat/http-error.js";
import { consumerDescription, producerDescription } from "../../src/kchat/openapi.js";
import { MemoryRoom, stopClock, testConsumer, testProducer } from "../fakes.js";

interface DescribedResponse {
  readonly headers?: Readonly<Record<string, object>>;
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, DescribedResponse>>;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const TEXT = { "content-type": "text/plain" };

/** A request to a running service. */
interface Sample {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const message: Sample = { url: "/api/topics/chatroom", headers: TEXT, body: "hi" };

/** Requests that provoke every answer of an operation that depends on the request alone, by operation. */
const samples: Readonly<Record<string, readonly Sample[]>> = {
  "post /api/topics/{topic}": [
    message,
    { ...message, body: "" },
    { ...message, url: "/api/topics/other" },
    { ...message, body: "x".repeat(20_000) },
    { ...message, headers: { "content-type": "application/json" } },
    { ...message, headers: { ...TEXT, authorization: "Bearer wrong" } },
    { ...message, headers: { ...TEXT, origin: "https://evil.example" } },
  ],
  "get /sse/connect": [
    { url: "/sse/connect" },
    { url: "/sse/connect?room=chatroom&history=5" },
    { url: "/sse/connect", headers: { "last-event-id": "memory.0-1" } },
    { url: "/sse/connect?room=other" },
    { url: "/sse/connect?history=x" },
    { url: "/sse/connect", headers: { authorization: "Bearer wrong" } },
    { url: "/sse/connect", headers: { origin: "https://evil.example" } },
  ],
};

/** Sends requests to every operation of a running service and compares the answers with the description. Returns the names of the answers. */
async function check(address: string, description: Description, token = ""): Promise<string[]> {
  const seen: string[] = [];
  for (const [path, operations] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const name = `${method} ${path}`;
      for (const { url, headers, body } of samples[name] ?? [{ url: path }]) {
        const response = await fetch(address + url, {
          method: method.toUpperCase(),
          headers: { authorization: `Bearer ${token}`, ...headers },
          ...(body === undefined ? {} : { body }),
        });
        seen.push(`${name} ${response.status}`);
        await compare(name, operation, description, response);
      }
    }
  }
  return seen;
}

async function compare(
  name: string,
  operation: Operation,
  description: Description,
  response: Response,
): Promise<void> {
  const answered = `${name} answered ${response.status}`;
  const described = operation.responses[String(response.status)];
  assert.ok(described !== undefined, `${answered}, which is not described`);
  const type = response.headers.get("content-type")?.split(";")[0] ?? "";
  const content = described.content?.[type];
  assert.ok(content !== undefined, `${answered} as ${type}, which is not described`);
  for (const header of Object.keys(described.headers ?? {})) {
    assert.ok(response.headers.has(header), `${answered} without ${header}`);
  }
  if (type === "application/json") parseAs(content.schema ?? {}, description, await response.json());
  // An event stream never ends.
  else await response.body?.cancel();
}

function parseAs(schema: object, { components }: Description, value: unknown): void {
  const whole = JSON.stringify({ ...schema, $defs: components.schemas }).replaceAll(
    "#/components/schemas/",
    "#/$defs/",
  );
  const parsed = z.fromJSONSchema(JSON.parse(whole) as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value);
  assert.ok(parsed.success, `${JSON.stringify(value)} is not as described: ${parsed.error?.message ?? ""}`);
}

/** Every described answer. */
function described({ paths }: Description): string[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { responses }]) =>
      Object.keys(responses).map((status) => `${method} ${path} ${status}`),
    ),
  );
}

/** Fails for a described answer that did not come. */
function assertAllSeen(description: Description, seen: readonly string[]): void {
  assert.deepEqual(
    described(description).filter((each) => !seen.includes(each)),
    [],
  );
}

const LOCAL = { host: "127.0.0.1", port: 0 };
const description = {
  producer: producerDescription as unknown as Description,
  consumer: consumerDescription as unknown as Description,
};

describe("the OpenAPI descriptions", () => {
  stopClock();

  it("describe exactly the answers of kproducer", async () => {
    const room = new MemoryRoom();
    const well = await testProducer({ sink: room, token: "secret" });
    const without = new MemoryRoom();
    without.failure = new HttpError(503, "not_acknowledged", "Not in time.", 1);
    const readiness = () => ({ ready: false, reason: "Kafka is away." });
    const unwell = await testProducer({ sink: without, readiness });
    const busy = await testProducer({ sink: room, rateLimit: 1 });
    const seen = await Promise.all([
      check(await well.listen(LOCAL), description.producer, "secret"),
      check(await unwell.listen(LOCAL), description.producer),
      check(await busy.listen(LOCAL), description.producer),
    ]);
    assertAllSeen(description.producer, seen.flat());
    await Promise.all([well, unwell, busy].map((app) => app.close()));
  });

  it("describe exactly the answers of kconsumer", async () => {
    const room = new MemoryRoom();
    const producer = await testProducer({ sink: room, token: "secret" });
    const producerUrl = await producer.listen(LOCAL);
    const well = await testConsumer({ source: () => room.source(), producerUrl, token: "secret" });
    const loading = { ...room.source(), follow: () => undefined };
    const unwell = await testConsumer({ source: () => loading, producerUrl: "http://127.0.0.1:1" });
    const busy = await testConsumer({
      source: () => room.source(),
      producerUrl,
      rateLimit: 1,
      maxReadersPerAddress: 0,
    });
    const seen = await Promise.all([
      check(await well.app.listen(LOCAL), description.consumer, "secret"),
      check(await unwell.app.listen(LOCAL), description.consumer),
      check(await busy.app.listen(LOCAL), description.consumer, "secret"),
    ]);
    assertAllSeen(description.consumer, seen.flat());
    for (const { disconnect } of [well, unwell, busy]) disconnect();
    await Promise.all([producer, well.app, unwell.app, busy.app].map((app) => app.close()));
  });

  it("describe every route of both services", async () => {
    const room = new MemoryRoom();
    const producer = await testProducer({ sink: room });
    const consumer = await testConsumer({ source: () => room.source(), producerUrl: "http://127.0.0.1:1" });
    for (const [app, { paths }] of [
      [producer, producerDescription],
      [consumer.app, consumerDescription],
    ] as const) {
      const tree = app.printRoutes({ commonPrefix: false });
      const routes = [...tree.matchAll(/(\/\S*) \(([A-Z, ]+)\)/g)].map(([, path]) =>
        (path ?? "").replace(/:(\w+)/g, "{$1}"),
      );
      assert.ok(routes.length >= 6, tree);
      for (const route of routes) assert.ok(route in paths, `${route} is not described`);
    }
    consumer.disconnect();
    await Promise.all([producer.close(), consumer.app.close()]);
  });

  it("are served, and are OpenAPI 3.1", async () => {
    const app = await testProducer({ sink: new MemoryRoom() });
    const response = await app.inject({ method: "GET", url: "/openapi.json" });
    assert.equal(response.json<{ openapi: string }>().openapi, "3.1.0");
    await app.close();
  });
});

describe("the proxy from kconsumer to kproducer", () => {
  stopClock();

  it("forwards messages, refusals and the caller's address", async () => {
    const room = new MemoryRoom();
    const producer = await testProducer({ sink: room, rateLimit: 1, trustProxy: (address) => address === "127.0.0.1" });
    const producerUrl = await producer.listen({ host: "127.0.0.1", port: 0 });
    const { app, disconnect } = await testConsumer({ source: () => room.source(), producerUrl });
    const post = (remoteAddress: string) =>
      app.inject({ method: "POST", url: "/api/topics/chatroom", headers: TEXT, payload: "User A: hi", remoteAddress });
    assert.deepEqual((await post("198.18.0.1")).json(), { room: "chatroom", partition: 0, offset: 0 });
    const limited = await post("198.18.0.1");
    assert.equal(limited.statusCode, 429);
    assert.equal(limited.headers["retry-after"], "1");
    room.failure = new HttpError(503, "not_acknowledged", "Not in time.", 7);
    const failed = await post("198.18.0.2");
    assert.equal(failed.statusCode, 503);
    assert.equal(failed.headers["retry-after"], "7");
    assert.equal(failed.json<{ error: string }>().error, "not_acknowledged");
    disconnect();
    await producer.close();
    assert.equal((await post("198.18.0.3")).json<{ error: string }>().error, "producer_unavailable");
    await app.close();
  });
});
