import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import type { FastifyInstance } from "fastify";
import { EventParser } from "../../src/chat/event-parser.js";
import type { ConsumerApp } from "../../src/kconsumer/app.js";
import { MemoryRoom, testConsumer, testProducer, until } from "../fakes.js";
import { exchange, request } from "../raw-http.js";

/** Name, bytes, status (0: closed without an answer), and the name of the error ("" where Node.js itself answers, without a body). */
type Case = readonly [name: string, bytes: Buffer | string, status: number, error: string, isCutOff?: boolean];

const POST = "POST /api/topics/chatroom";
const TEXT = "Content-Type: text/plain";

/** Both services accept messages: kproducer itself, kconsumer for the page. They refuse the same ones in the same way. */
const refusedByBoth: readonly Case[] = [
  ["bytes that are no HTTP", Buffer.from([0, 1, 2, 255, 13, 10, 13, 10]), 400, "bad_request"],
  ["TLS", Buffer.from("16030100a5010000a10303", "hex"), 400, "bad_request"],
  ["a request line without a path", "GET\r\n\r\n", 400, "bad_request"],
  ["a method in small letters", "get / HTTP/1.1\r\nHost: test\r\n\r\n", 400, "bad_request"],
  ["an unknown method", "FROBNICATE / HTTP/1.1\r\nHost: test\r\n\r\n", 400, "bad_request"],
  ["an unknown version", "GET / HTTP/9.9\r\nHost: test\r\n\r\n", 400, "bad_request"],
  ["a request without a Host", "GET /healthz HTTP/1.1\r\n\r\n", 400, ""],
  ["a header without a colon", request("GET /healthz", ["broken"]), 400, "bad_request"],
  ["a header with a zero byte", request("GET /healthz", ["X: a\0b"]), 400, "bad_request"],
  ["a header name with a space", request("GET /healthz", ["X Y: a"]), 400, "bad_request"],
  ["headers of 32 KiB", request("GET /healthz", [`X: ${"a".repeat(32_768)}`]), 431, "headers_too_large"],
  ["an address of 32 KiB", request(`GET /${"a".repeat(32_768)}`), 431, "headers_too_large"],
  ["a length that is not a number", request(POST, [TEXT, "Content-Length: many"]), 400, "bad_request"],
  ["a negative length", request(POST, [TEXT, "Content-Length: -1"]), 400, "bad_request"],
  ["two lengths", request(POST, [TEXT, "Content-Length: 3", "Content-Length: 4"]), 400, "bad_request"],
  ["a length and chunks", request(POST, [TEXT, "Transfer-Encoding: chunked"], "0\r\n\r\n"), 400, "bad_request"],
  ["a chunk whose size is not a number", chunked("zz\r\nhello\r\n0\r\n\r\n"), 400, "bad_request"],
  ["a chunk that is longer than it says", chunked("2\r\nhello\r\n0\r\n\r\n"), 400, "bad_request"],
  [
    "chunks that are too long together",
    chunked(`${"400\r\n" + "a".repeat(1_024)}\r\n`.repeat(32)),
    413,
    "body_too_large",
  ],
  ["a length beyond the limit", request(POST, [TEXT, "Content-Length: 99999999"]), 413, "body_too_large"],
  ["half a body", request(POST, [TEXT, "Content-Length: 10"]), 400, "bad_request", true],
  ["an expectation that cannot be met", request(POST, [TEXT, "Expect: miracles"], "hi"), 417, ""],
  ["a tunnel", "CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: test\r\n\r\n", 0, ""],
  ["an address on another host", request("GET http://elsewhere.example/"), 404, "not_found"],
  ["no body", request(POST, [TEXT]), 400, "empty_message"],
  ["neither a body nor a content type", request(POST), 400, "empty_message"],
  ["an empty body", request(POST, [TEXT, "Content-Length: 0"]), 400, "empty_message"],
  ["bytes that are not UTF-8", request(POST, [TEXT], Buffer.from([0xff, 0xfe])), 400, "invalid_utf8"],
  ["one byte too many", request(POST, [TEXT], "a".repeat(16_385)), 413, "body_too_large"],
  ["no content type", request(POST, [], "hi"), 415, "unsupported_content_type"],
  ["JSON", request(POST, ["Content-Type: application/json"], "{}"), 415, "unsupported_content_type"],
  ["another charset", request(POST, [`${TEXT}; charset=utf-16`], "hi"), 415, "unsupported_charset"],
  ["a compressed body", request(POST, [TEXT, "Content-Encoding: br"], "hi"), 415, "unsupported_encoding"],
  ["another topic", request("POST /api/topics/__consumer_offsets", [TEXT], "hi"), 404, "unknown_room"],
  ["an escaped slash in the room", request("POST /api/topics/..%2fchatroom", [TEXT], "hi"), 404, "unknown_room"],
  ["a malformed escape", request("POST /api/topics/%", [TEXT], "hi"), 400, "bad_request"],
  ["a method that the call does not have", request("DELETE /api/topics/chatroom"), 404, "not_found"],
  ["a way out of the directory", request("GET /../../../../etc/passwd"), 404, "not_found"],
  ["an escaped way out of it", request("GET /%2e%2e/%2e%2e/%2e%2e/etc/passwd"), 404, "not_found"],
];

const refusedByConsumer: readonly Case[] = [
  ["another room", request("GET /sse/connect?room=__consumer_offsets"), 404, "unknown_room"],
  ["a history that is not a number", request("GET /sse/connect?history=1e3"), 400, "bad_history"],
  ["a history with a sign", request("GET /sse/connect?history=%2B5"), 400, "bad_history"],
  ["a made-up event id", request("GET /sse/connect", ["Last-Event-ID: 1 OR 1=1"]), 400, "bad_event_id"],
  ["an event id of 8 KiB", request("GET /sse/connect", [`Last-Event-ID: ${"1".repeat(8_192)}`]), 400, "bad_event_id"],
  ["an event id that is not ASCII", request("GET /sse/connect", ["Last-Event-ID: \xe9.0-1"]), 400, "bad_event_id"],
  ["HEAD of a stream", request("HEAD /sse/connect"), 404, "", true],
  ["a message to the stream", request("POST /sse/connect", [TEXT], "hi"), 404, "not_found"],
];

function chunked(body: string): Buffer {
  return Buffer.from(`${POST} HTTP/1.1\r\nHost: test\r\n${TEXT}\r\nTransfer-Encoding: chunked\r\n\r\n${body}`);
}

/** All counters of a service's work. */
async function state(port: number): Promise<string[]> {
  const { body } = await exchange(port, request("GET /metrics"));
  return body.split("\n").filter((line) => line.startsWith("kchat_"));
}

describe("bad input", () => {
  const room = new MemoryRoom();
  const seen: string[] = [];
  const leave = new AbortController();
  let producer: FastifyInstance;
  let consumer: ConsumerApp;

  const portOf = (app: FastifyInstance) => (app.server.address() as AddressInfo).port;

  before(async () => {
    producer = await testProducer({ sink: room });
    const producerUrl = await producer.listen({ host: "127.0.0.1", port: 0 });
    consumer = await testConsumer({ source: () => room.source(), producerUrl });
    const url = await consumer.app.listen({ host: "127.0.0.1", port: 0 });
    const stream = await fetch(`${url}/sse/connect`, { signal: leave.signal });
    void read(stream, seen);
  });

  after(async () => {
    leave.abort();
    consumer.disconnect();
    await Promise.all([consumer.app.close(), producer.close()]);
  });

  for (const [service, cases, app] of [
    ["kproducer", refusedByBoth, () => producer],
    ["kconsumer", [...refusedByBoth, ...refusedByConsumer], () => consumer.app],
  ] as const) {
    for (const [name, bytes, status, error, isCutOff] of cases) {
      it(`${service} refuses ${name} with ${status} and is as before`, async () => {
        const port = portOf(app());
        const before = await state(port);
        const answer = await exchange(port, bytes, isCutOff);
        assert.equal(answer.status, status, answer.head + answer.body);
        const named = answer.body === "" ? "" : (JSON.parse(answer.body) as { error: string }).error;
        assert.equal(named, error);
        assert.deepEqual(await state(port), before);
        assert.equal((await exchange(port, request("GET /readyz"))).status, 200);
        assert.deepEqual(room.entries, []);
      });
    }
  }

  it("leaves both services able to do their work", async () => {
    for (const app of [producer, consumer.app]) {
      const answer = await exchange(portOf(app), request(POST, [TEXT], "User A: still here"));
      assert.equal(answer.status, 200, answer.body);
    }
    await until("the reader sees both messages", () => seen.length >= 2);
    assert.deepEqual(seen, ["User A: still here", "User A: still here"]);
  });

  it("is not answered in the middle of an event stream", async () => {
    const socket = connect(portOf(consumer.app), "127.0.0.1").setEncoding("utf8");
    let received = "";
    socket.on("data", (chunk: string) => {
      received += chunk;
      if (received.endsWith("\n\n")) socket.write("no request\r\n\r\n");
    });
    socket.write(request("GET /sse/connect", ["Accept: text/event-stream"]));
    await once(socket, "close");
    assert.match(received, /^HTTP\/1\.1 200 OK\r\n[^]*\nid: memory\S*\n\n$/);
  });
});

/** Collects the data of a stream's events until it ends. */
async function read(stream: Response, into: string[]): Promise<void> {
  const parser = new EventParser(
    ({ data }) => into.push(data),
    () => undefined,
  );
  const decoder = new TextDecoder();
  try {
    for await (const chunk of stream.body ?? []) parser.push(decoder.decode(chunk, { stream: true }));
  } catch {
    // The reader left.
  }
}
