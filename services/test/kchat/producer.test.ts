import assert from "node:assert/strict";
import type { FastifyInstance } from "fastify";
import { HttpError } from "../../src/kchat/http-error.js";
import { MemoryRoom, stopClock, testProducer } from "../fakes.js";

interface Case {
  readonly name: string;
  readonly body: Buffer | string | undefined;
  readonly headers?: Record<string, string>;
  readonly method?: "GET" | "PUT" | "DELETE" | "PATCH" | "OPTIONS" | "POST";
  readonly path?: string;
  readonly status: number;
  readonly error: string;
}

const TEXT = { "content-type": "text/plain" };
const ROOM = "/api/topics/chatroom";

const refused: readonly Case[] = [
  { name: "an empty body", body: "", headers: TEXT, status: 400, error: "empty_message" },
  { name: "a lone continuation byte", body: Buffer.from([0x80]), headers: TEXT, status: 400, error: "invalid_utf8" },
  { name: "an overlong slash", body: Buffer.from([0xc0, 0xaf]), headers: TEXT, status: 400, error: "invalid_utf8" },
  {
    name: "an encoded surrogate",
    body: Buffer.from([0xed, 0xa0, 0x80]),
    headers: TEXT,
    status: 400,
    error: "invalid_utf8",
  },
  {
    name: "a character cut in half",
    body: Buffer.from([0x61, 0xe2, 0x82]),
    headers: TEXT,
    status: 400,
    error: "invalid_utf8",
  },
  {
    name: "a code point that is too large",
    body: Buffer.from([0xf5, 0x80, 0x80, 0x80]),
    headers: TEXT,
    status: 400,
    error: "invalid_utf8",
  },
  { name: "Latin-1 bytes", body: Buffer.from("Zoë", "latin1"), headers: TEXT, status: 400, error: "invalid_utf8" },
  { name: "UTF-16 bytes", body: Buffer.from("\ufeffhi", "utf16le"), headers: TEXT, status: 400, error: "invalid_utf8" },
  { name: "one byte too many", body: "a".repeat(16_385), headers: TEXT, status: 413, error: "body_too_large" },
  { name: "a megabyte", body: Buffer.alloc(1_048_576, "a"), headers: TEXT, status: 413, error: "body_too_large" },
  { name: "no content type", body: "hi", status: 415, error: "unsupported_content_type" },
  {
    name: "JSON",
    body: "{}",
    headers: { "content-type": "application/json" },
    status: 415,
    error: "unsupported_content_type",
  },
  {
    name: "HTML",
    body: "<b>",
    headers: { "content-type": "text/html" },
    status: 415,
    error: "unsupported_content_type",
  },
  {
    name: "a form",
    body: "a=b",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    status: 415,
    error: "unsupported_content_type",
  },
  {
    name: "a multipart form",
    body: "--x--",
    headers: { "content-type": "multipart/form-data; boundary=x" },
    status: 415,
    error: "unsupported_content_type",
  },
  {
    name: "bytes",
    body: "hi",
    headers: { "content-type": "application/octet-stream" },
    status: 415,
    error: "unsupported_content_type",
  },
  {
    name: "a made-up content type",
    body: "hi",
    headers: { "content-type": "plain" },
    status: 415,
    error: "unsupported_content_type",
  },
  {
    name: "a type that begins alike",
    body: "hi",
    headers: { "content-type": "text/plainer" },
    status: 415,
    error: "unsupported_content_type",
  },
  {
    name: "the charset Latin-1",
    body: "hi",
    headers: { "content-type": "text/plain; charset=iso-8859-1" },
    status: 415,
    error: "unsupported_charset",
  },
  {
    name: "the charset UTF-16",
    body: "hi",
    headers: { "content-type": 'text/plain; charset="utf-16"' },
    status: 415,
    error: "unsupported_charset",
  },
  {
    name: "a compressed body",
    body: "hi",
    headers: { ...TEXT, "content-encoding": "gzip" },
    status: 415,
    error: "unsupported_encoding",
  },
  { name: "another topic", path: "/api/topics/secrets", body: "hi", headers: TEXT, status: 404, error: "unknown_room" },
  {
    name: "an internal topic",
    path: "/api/topics/__consumer_offsets",
    body: "hi",
    headers: TEXT,
    status: 404,
    error: "unknown_room",
  },
  {
    name: "a room in other letters",
    path: "/api/topics/Chatroom",
    body: "hi",
    headers: TEXT,
    status: 404,
    error: "unknown_room",
  },
  { name: "no room", path: "/api/topics/", body: "hi", headers: TEXT, status: 404, error: "unknown_room" },
  {
    name: "a path in the room",
    path: "/api/topics/..%2Fchatroom",
    body: "hi",
    headers: TEXT,
    status: 404,
    error: "unknown_room",
  },
  {
    name: "a line break in the room",
    path: "/api/topics/chatroom%0d%0aX:1",
    body: "hi",
    headers: TEXT,
    status: 404,
    error: "unknown_room",
  },
  {
    name: "a zero byte in the room",
    path: "/api/topics/chatroom%00",
    body: "hi",
    headers: TEXT,
    status: 404,
    error: "unknown_room",
  },
  {
    name: "a property of objects as room",
    path: "/api/topics/__proto__",
    body: "hi",
    headers: TEXT,
    status: 404,
    error: "unknown_room",
  },
  {
    name: "a room that there is not, as long as a topic's name can be",
    path: `/api/topics/${"a".repeat(249)}`,
    body: "hi",
    headers: TEXT,
    status: 404,
    error: "unknown_room",
  },
  {
    name: "a room of 5,000 letters",
    path: `/api/topics/${"a".repeat(5_000)}`,
    body: "hi",
    headers: TEXT,
    status: 414,
    error: "address_too_long",
  },
  { name: "a malformed escape", path: "/api/topics/%zz", body: "hi", headers: TEXT, status: 400, error: "bad_request" },
  {
    name: "a deeper path",
    path: "/api/topics/chatroom/more",
    body: "hi",
    headers: TEXT,
    status: 404,
    error: "not_found",
  },
  { name: "another path", path: "/api/rooms", body: "hi", headers: TEXT, status: 404, error: "not_found" },
  { name: "GET", method: "GET", body: undefined, status: 404, error: "not_found" },
  { name: "PUT", method: "PUT", body: "hi", headers: TEXT, status: 404, error: "not_found" },
  { name: "DELETE", method: "DELETE", body: undefined, status: 404, error: "not_found" },
  { name: "PATCH", method: "PATCH", body: "hi", headers: TEXT, status: 404, error: "not_found" },
  {
    name: "OPTIONS, as a page of another site sends it",
    method: "OPTIONS",
    body: undefined,
    status: 404,
    error: "not_found",
  },
];

const taken: readonly { readonly name: string; readonly type: string; readonly body: string }[] = [
  { name: "without a charset", type: "text/plain", body: "User A: hello" },
  { name: "with UTF-8 spelled large", type: "text/plain;charset=UTF-8", body: "User A: grüße 👋" },
  { name: "with a quoted charset", type: 'text/plain; charset="utf-8"', body: "User A: hello" },
  { name: "with US-ASCII", type: "text/plain; charset=us-ascii", body: "User A: hello" },
  { name: "of any type, as JAX-RS clients say", type: "*/*", body: "User A: hello" },
  { name: "with the type in capitals", type: "TEXT/PLAIN", body: "User A: hello" },
  { name: "of several lines", type: "text/plain", body: "User A: one\ntwo\r\nthree\rfour" },
  { name: "of the greatest length", type: "text/plain", body: "a".repeat(16_384) },
  { name: "with control characters", type: "text/plain", body: "User A: \u0000\u0007\u001b[31m" },
];

describe("kproducer", () => {
  let room: MemoryRoom;
  let app: FastifyInstance;

  beforeEach(async () => {
    room = new MemoryRoom();
    app = await testProducer({ sink: room });
  });

  afterEach(() => app.close());

  for (const { name, body, headers, method, path, status, error } of refused) {
    it(`refuses ${name}`, async () => {
      const payload = body === undefined ? {} : { payload: body };
      const response = await app.inject({
        method: method ?? "POST",
        url: path ?? ROOM,
        headers: headers ?? {},
        ...payload,
      });
      assert.equal(response.statusCode, status, response.body);
      assert.equal(response.json<{ error: string }>().error, error);
      assert.match(response.headers["content-type"] as string, /^application\/json/);
      assert.equal(room.entries.length, 0);
    });
  }

  for (const { name, type, body } of taken) {
    it(`accepts a message ${name}, byte for byte`, async () => {
      const response = await app.inject({
        method: "POST",
        url: ROOM,
        headers: { "content-type": type },
        payload: body,
      });
      assert.equal(response.statusCode, 200, response.body);
      assert.deepEqual(response.json(), { room: "chatroom", partition: 0, offset: 0 });
      assert.equal(room.entries[0]?.value.toString(), body);
    });
  }

  it("answers 503 with Retry-After when Kafka did not acknowledge", async () => {
    room.failure = new HttpError(503, "not_acknowledged", "Not in time.", 1);
    const response = await app.inject({ method: "POST", url: ROOM, headers: TEXT, payload: "hi" });
    assert.equal(response.statusCode, 503);
    assert.equal(response.headers["retry-after"], "1");
    assert.deepEqual(response.json(), { error: "not_acknowledged", message: "Not in time." });
  });

  it("reveals nothing about an unexpected error", async () => {
    room.failure = new Error("password=hunter2") as HttpError;
    const response = await app.inject({ method: "POST", url: ROOM, headers: TEXT, payload: "hi" });
    assert.equal(response.statusCode, 500);
    assert.ok(!response.body.includes("hunter2"));
  });

  it("lets no page of another site read its answers", async () => {
    const headers = { ...TEXT, origin: "https://elsewhere.example" };
    const response = await app.inject({ method: "POST", url: ROOM, headers, payload: "hi" });
    assert.equal(response.headers["access-control-allow-origin"], undefined);
  });

  describe("within one second of the clock", () => {
    stopClock();

    it("limits the messages of one address, and says when to try again", async () => {
      const limited = await testProducer({ sink: room, rateLimit: 3 });
      const statuses: number[] = [];
      for (let index = 0; index < 5; index += 1) {
        const response = await limited.inject({ method: "POST", url: ROOM, headers: TEXT, payload: "hi" });
        statuses.push(response.statusCode);
        if (response.statusCode === 429) assert.equal(response.headers["retry-after"], "1");
      }
      assert.deepEqual(statuses, [200, 200, 200, 429, 429]);
      const probe = await limited.inject({ method: "GET", url: "/readyz" });
      assert.equal(probe.statusCode, 200);
      await limited.close();
    });

    it("counts by the address that a trusted proxy names, and by no other", async () => {
      for (const [trusted, expected] of [
        ["127.0.0.1", [200, 200, 200]],
        ["198.18.0.9", [200, 429, 429]],
      ] as const) {
        const trustProxy = (address: string) => address === trusted;
        const limited = await testProducer({ sink: room, rateLimit: 1, trustProxy });
        const statuses: number[] = [];
        for (const address of ["198.18.0.1", "198.18.0.2", "198.18.0.3"]) {
          const headers = { ...TEXT, "x-forwarded-for": address };
          const response = await limited.inject({ method: "POST", url: ROOM, headers, payload: "hi" });
          statuses.push(response.statusCode);
        }
        assert.deepEqual(statuses, expected);
        await limited.close();
      }
    });
  });

  it("lets in only callers with the token, if there is one", async () => {
    const guarded = await testProducer({ sink: room, token: "open sesame" });
    const post = (authorization?: string) =>
      guarded.inject({
        method: "POST",
        url: ROOM,
        headers: { ...TEXT, ...(authorization === undefined ? {} : { authorization }) },
        payload: "hi",
      });
    for (const wrong of [
      undefined,
      "",
      "Bearer",
      "Bearer wrong",
      "Bearer open sesam",
      "Bearer open sesame ",
      "Basic open sesame",
      "open sesame",
    ]) {
      const response = await post(wrong);
      assert.equal(response.statusCode, 401, wrong);
      assert.equal(response.headers["www-authenticate"], "Bearer");
    }
    assert.equal((await post("Bearer open sesame")).statusCode, 200);
    for (const url of ["/healthz", "/readyz", "/metrics", "/api/system/echo", "/openapi.json"]) {
      assert.equal((await guarded.inject({ method: "GET", url })).statusCode, 200, url);
    }
    assert.equal((await guarded.inject({ method: "GET", url: "/nowhere" })).statusCode, 404);
    await guarded.close();
  });

  it("is ready, or says what is missing", async () => {
    const waiting = await testProducer({
      sink: room,
      readiness: () => ({ ready: false, reason: "Topic chatroom does not exist." }),
    });
    const response = await waiting.inject({ method: "GET", url: "/readyz" });
    assert.equal(response.statusCode, 503);
    assert.equal(response.body, "Topic chatroom does not exist.\n");
    assert.equal((await waiting.inject({ method: "GET", url: "/healthz" })).statusCode, 200);
    await waiting.close();
  });

  it("counts its work", async () => {
    await app.inject({ method: "POST", url: ROOM, headers: TEXT, payload: "hi" });
    room.failure = new HttpError(503, "not_acknowledged", "Not in time.", 1);
    await app.inject({ method: "POST", url: ROOM, headers: TEXT, payload: "hi" });
    const { body } = await app.inject({ method: "GET", url: "/metrics" });
    assert.match(body, /kchat_messages_published_total\{room="chatroom",service="kproducer"\} 1/);
    assert.match(body, /kchat_publish_failures_total\{room="chatroom",service="kproducer"\} 1/);
    assert.match(body, /kchat_publish_seconds_count\{service="kproducer"\} 1/);
  });
});
