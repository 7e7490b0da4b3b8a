import assert from "node:assert/strict";
import type { FastifyInstance, InjectOptions } from "fastify";
import { z } from "zod";
import { HttpError } from "../../src/kchat/http-error.js";
import { consumerDescription, producerDescription } from "../../src/kchat/openapi.js";
import { MemoryRoom, testConsumer, testProducer } from "../fakes.js";

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>
  >;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const TEXT = { "content-type": "text/plain" };

/** Requests that bring out every answer of an operation that a test can bring out, by operation. */
const samples: Readonly<Record<string, readonly InjectOptions[]>> = {
  "post /api/topics/{topic}": [
    { url: "/api/topics/chatroom", headers: TEXT, payload: "hi" },
    { url: "/api/topics/chatroom", headers: TEXT, payload: "" },
    { url: "/api/topics/other", headers: TEXT, payload: "hi" },
    { url: "/api/topics/chatroom", headers: TEXT, payload: "x".repeat(20_000) },
    { url: "/api/topics/chatroom", payload: "{}", headers: { "content-type": "application/json" } },
    { url: "/api/topics/chatroom", headers: { ...TEXT, authorization: "Bearer wrong" }, payload: "hi" },
  ],
  "get /sse/connect": [
    { url: "/sse/connect?room=other" },
    { url: "/sse/connect?history=x" },
    { url: "/sse/connect", headers: { authorization: "Bearer wrong" } },
  ],
};

/** Operations whose good answer never ends, so that it is tested elsewhere. */
const ENDLESS = new Set(["get /sse/connect 200"]);

/** Answers that need a service in another state. */
const ELSEWHERE = new Set(["503", "429"]);

async function check(app: FastifyInstance, description: Description, token?: string): Promise<Set<string>> {
  const seen = new Set<string>();
  for (const [path, operations] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const name = `${method} ${path}`;
      for (const sample of samples[name] ?? [{ url: path }]) {
        const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
        const response = await app.inject({
          method: method as "GET",
          ...sample,
          headers: { ...headers, ...sample.headers },
        });
        const status = String(response.statusCode);
        const described = operation.responses[status];
        assert.ok(described !== undefined, `${name} answered ${status}, which is not described: ${response.body}`);
        const type = String(response.headers["content-type"]).split(";")[0] ?? "";
        const content = described.content?.[type];
        assert.ok(content !== undefined, `${name} answered ${status} as ${type}, which is not described`);
        if (type === "application/json") parseAs(content.schema ?? {}, description, response.json());
        seen.add(`${name} ${status}`);
      }
    }
  }
  return seen;
}

function parseAs(schema: object, { components }: Description, value: unknown): void {
  const whole = JSON.stringify({ ...schema, $defs: components.schemas }).replaceAll(
    "#/components/schemas/",
    "#/$defs/",
  );
  const parsed = z.fromJSONSchema(JSON.parse(whole) as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value);
  assert.ok(parsed.success, `${JSON.stringify(value)} is not as described: ${parsed.error?.message ?? ""}`);
}

function described({ paths }: Description): string[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { responses }]) =>
      Object.keys(responses)
        .filter((status) => !ELSEWHERE.has(status))
        .map((status) => `${method} ${path} ${status}`)
        .filter((each) => !ENDLESS.has(each)),
    ),
  );
}

describe("the OpenAPI descriptions", () => {
  it("say what kproducer answers, and nothing that it does not", async () => {
    const app = await testProducer({ sink: new MemoryRoom(), token: "secret" });
    const seen = await check(app, producerDescription as unknown as Description, "secret");
    assert.deepEqual(
      described(producerDescription as unknown as Description).filter((each) => !seen.has(each)),
      [],
    );
    await app.close();
  });

  it("say what kconsumer answers, and nothing that it does not", async () => {
    const room = new MemoryRoom();
    const producer = await testProducer({ sink: room, token: "secret" });
    const producerUrl = await producer.listen({ host: "127.0.0.1", port: 0 });
    const { app, disconnect } = await testConsumer({ source: () => room.source(), producerUrl, token: "secret" });
    const seen = await check(app, consumerDescription as unknown as Description, "secret");
    assert.deepEqual(
      described(consumerDescription as unknown as Description).filter((each) => !seen.has(each)),
      [],
    );
    disconnect();
    await Promise.all([app.close(), producer.close()]);
  });

  it("describe every route of either service", async () => {
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

describe("the way through kconsumer to kproducer", () => {
  it("passes messages, refusals and the caller's address on", async () => {
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
