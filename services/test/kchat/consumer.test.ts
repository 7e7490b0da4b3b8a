import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import type { ConsumerApp, ConsumerAppOptions } from "../../src/kconsumer/app.js";
import { MemoryRoom, testConsumer, until } from "../fakes.js";
import { StreamReader } from "../stream-reader.js";

describe("kconsumer", () => {
  let room: MemoryRoom;
  let replicas: ConsumerApp[];
  let readers: StreamReader[];

  async function replica(options: Partial<ConsumerAppOptions> = {}, history?: number): Promise<number> {
    const consumer = await testConsumer({ source: () => room.source(history), ...options });
    replicas.push(consumer);
    await consumer.app.listen({ host: "127.0.0.1", port: 0 });
    return (consumer.app.server.address() as { port: number }).port;
  }

  function read(port: number, query = "", headers: Record<string, string> = {}): StreamReader {
    const reader = new StreamReader(port, query, headers);
    readers.push(reader);
    return reader;
  }

  /** Resolves when the stream has begun. */
  async function reading(port: number, query = "", headers: Record<string, string> = {}): Promise<StreamReader> {
    const reader = read(port, query, headers);
    await until("the stream begins", () => reader.raw.includes("id: "));
    return reader;
  }

  beforeEach(() => {
    room = new MemoryRoom();
    replicas = [];
    readers = [];
  });

  afterEach(async () => {
    for (const reader of readers) reader.close();
    await Promise.all(
      replicas.map(async ({ app, disconnect }) => {
        disconnect();
        await app.close();
      }),
    );
  });

  it("sends each message to every reader as an event named test", async () => {
    const port = await replica();
    const [a, b] = [await reading(port), await reading(port)];
    room.write("User A: hello");
    assert.deepEqual(await a.has(1), ["User A: hello"]);
    assert.deepEqual(await b.has(1), ["User A: hello"]);
    assert.match(a.head, /^HTTP\/1.1 200 OK\r\n/);
    assert.match(a.head, /content-type: text\/event-stream/);
    assert.match(a.raw, /id: memory\.0-1\nevent: test\ndata: User A: hello\n\n/);
  });

  it("sends the latest messages first, as many as asked for", async () => {
    for (let index = 0; index < 10; index += 1) room.write(`message ${index}`);
    const port = await replica();
    assert.deepEqual(await read(port, "?history=3").has(3), ["message 7", "message 8", "message 9"]);
    assert.equal((await read(port, "?history=1000000").has(10)).length, 10);
    const none = await reading(port, "?history=0");
    room.write("message 10");
    assert.deepEqual(await none.has(1), ["message 10"]);
  });

  it("keeps messages from forging fields, events or ids", async () => {
    const port = await replica();
    const reader = await reading(port);
    const hostile = ["x\n\nevent: dropped\ndata: bye", "y\rid: forged", "z\r\n: comment\r\n\r\n", "\n", "data: data: "];
    for (const message of hostile) room.write(message);
    const normal = hostile.map((message) => message.replace(/\r\n|\r/g, "\n"));
    assert.deepEqual(await reader.has(hostile.length), normal);
    assert.ok(reader.events.every(({ type }) => type === "test"));
    assert.equal(reader.lastEventId, `memory.0-${hostile.length}`);
  });

  it("resumes after the last event id, without loss or repetition, on another replica too", async () => {
    const first = await replica();
    const reader = await reading(first);
    for (const partition of [0, 1, 0, 2, 1]) room.write(`early ${room.entries.length}`, partition);
    await reader.has(5);
    reader.close();
    for (const partition of [2, 0, 1]) room.write(`late ${room.entries.length}`, partition);
    const second = await replica();
    const resumed = read(second, "", { "Last-Event-ID": reader.lastEventId });
    assert.deepEqual(await resumed.has(3), ["late 5", "late 6", "late 7"]);
    room.write("live", 1);
    assert.deepEqual(await resumed.has(4), ["late 5", "late 6", "late 7", "live"]);
    assert.equal(resumed.lastEventId, "memory.0-3.1-4.2-2");
  });

  it("misses nothing when the connection is lost before the first message", async () => {
    const first = await replica();
    room.write("before");
    const reader = await reading(first);
    reader.close();
    room.write("between");
    const resumed = read(await replica(), "", { "Last-Event-ID": reader.lastEventId });
    assert.deepEqual(await resumed.has(1), ["between"]);
  });

  it("reads back what is no longer in memory", async () => {
    for (let index = 0; index < 50; index += 1) room.write(`message ${index}`, index % 3);
    const port = await replica({ historyEvents: 5 }, 5);
    const resumed = read(port, "", { "Last-Event-ID": "memory.0-2.1-1" });
    const messages = await resumed.has(47);
    assert.equal(new Set(messages).size, 47);
    assert.ok(!messages.includes("message 0") && !messages.includes("message 1") && !messages.includes("message 3"));
    room.write("live");
    await resumed.has(48);
    assert.equal(resumed.lastEventId, "memory.0-18.1-17.2-16");
  });

  it("serves a reader that has seen more than this replica", async () => {
    for (let index = 0; index < 4; index += 1) room.write(`message ${index}`);
    const port = await replica();
    const ahead = await reading(port, "", { "Last-Event-ID": "memory.0-6" });
    for (let index = 4; index < 8; index += 1) room.write(`message ${index}`);
    assert.deepEqual(await ahead.has(2), ["message 6", "message 7"]);
  });

  it("makes short ids for a topic with 2,000 partitions, and accepts them and those of earlier versions", async () => {
    const partitions = 2_000;
    const wide = () => Object.defineProperties(room.source(), { partitions: { value: partitions } });
    for (let partition = 0; partition < partitions; partition += 1) room.write(`to ${partition}`, partition);
    const port = await replica({ source: wide, historyEvents: 5_000 }, 5_000);
    const reader = await reading(port);
    room.write("last", 0);
    await reader.has(1);
    assert.ok(reader.lastEventId.length < 500, reader.lastEventId);
    room.write("while away", 0);
    const resumed = read(port, "", { "Last-Event-ID": reader.lastEventId });
    assert.deepEqual(await resumed.has(1), ["while away"]);
    const every = Array.from({ length: 1_000 }, (_, partition) => `.${partition}-1`).join("");
    const old = read(port, "", { "Last-Event-ID": `memory${every}` });
    assert.deepEqual(await old.has(2), ["last", "while away"]);
  });

  it("begins anew for an id of a topic that was deleted and recreated", async () => {
    room.write("new topic");
    const port = await replica();
    assert.deepEqual(await read(port, "", { "Last-Event-ID": "oldone.0-500" }).has(1), ["new topic"]);
  });

  it("drops only the reader that does not keep up, with an event that says so", async () => {
    const port = await replica({ maxBacklogBytes: 200_000, historyEvents: 20_000 });
    const [slow, quick] = [await reading(port), await reading(port)];
    slow.socket.pause();
    const text = "x".repeat(8_000);
    let written = 0;
    const dropped = async () =>
      /kchat_readers_dropped_total\{room="chatroom",service="kconsumer"\} 1/.test(await metrics(port));
    while (written < 4_000 && !(await dropped())) {
      for (let index = 0; index < 50; index += 1) room.write(`${written++}: ${text}`);
      await quick.has(written);
    }
    assert.ok(await dropped(), "the slow reader was not dropped");
    slow.socket.resume();
    await until("the slow reader's stream ends", () => slow.ended);
    assert.equal(slow.events.at(-1)?.type, "dropped");
    assert.equal(quick.messages.length, written);
    const resumed = read(port, "", { "Last-Event-ID": slow.lastEventId });
    await resumed.has(written - slow.messages.length);
    assert.equal(slow.messages.length + resumed.messages.length, written);
    assert.deepEqual([...slow.messages, ...resumed.messages], quick.messages);
  }).timeout(60_000);

  it("keeps idle streams alive", async () => {
    const reader = await reading(await replica({ heartbeatMs: 20 }));
    await until("a heartbeat", () => reader.raw.endsWith("\n\n\n\n"));
    assert.deepEqual(reader.events, []);
  });

  it("tells readers to reconnect when it stops, and becomes unready", async () => {
    const port = await replica();
    const reader = await reading(port);
    replicas[0]?.drain();
    const probe = await fetch(`http://127.0.0.1:${port}/readyz`);
    assert.equal(probe.status, 503);
    replicas[0]?.disconnect();
    await until("the stream ends", () => reader.ended);
    assert.equal(reader.events.at(-1)?.type, "reconnect");
    assert.match(reader.raw, /retry: \d+\nevent: reconnect/);
  });

  it("sends nothing but messages to a client that does not ask for an event stream by name", async () => {
    const port = await replica({ heartbeatMs: 20 });
    // The default Accept header of Java's own HTTP client, as the original's client sends it.
    const reader = read(port, "", { Accept: "text/html, image/gif, image/jpeg, */*; q=0.2" });
    await until("the stream begins", () => reader.raw.includes("\r\n\r\n"));
    await until("heartbeats", () => reader.raw.endsWith("\n\n\n\n"));
    room.write("User A: hello");
    await reader.has(1);
    replicas[0]?.disconnect();
    await until("the stream ends", () => reader.ended);
    const body = reader.raw.slice(reader.head.length + 4);
    assert.match(body, /^(\n\n)+id: memory\.0-1\nevent: test\ndata: User A: hello\n\n(\n\n)*$/);
  });

  it("forgets readers that have left", async () => {
    const port = await replica();
    const reader = await reading(port);
    assert.match(await metrics(port), /kchat_readers\{room="chatroom",service="kconsumer"\} 1/);
    reader.close();
    await until("the reader is forgotten", async () =>
      /kchat_readers\{room="chatroom",service="kconsumer"\} 0/.test(await metrics(port)),
    );
  });

  it("limits its readers", async () => {
    const port = await replica({ maxReaders: 1 });
    await reading(port);
    const response = await fetch(`http://127.0.0.1:${port}/sse/connect`);
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("retry-after"), "5");
  });

  it("limits the streams of one address, but not those of others", async () => {
    const port = await replica({ maxReadersPerAddress: 2, trustProxy: (address) => address === "127.0.0.1" });
    const connect = (address: string) =>
      fetch(`http://127.0.0.1:${port}/sse/connect`, { headers: { "x-forwarded-for": address } });
    const [one, two] = [await connect("192.0.2.1"), await connect("192.0.2.1")];
    const third = await connect("192.0.2.1");
    assert.equal(third.status, 429);
    assert.equal(third.headers.get("retry-after"), "5");
    assert.equal(((await third.json()) as { error: string }).error, "too_many_streams");
    const other = await connect("192.0.2.2");
    assert.deepEqual(
      [one, two, other].map(({ status }) => status),
      [200, 200, 200],
    );
    await one.body?.cancel();
    await until("the place is free again", async () => {
      const again = await connect("192.0.2.1");
      await again.body?.cancel();
      return again.status === 200;
    });
    await Promise.all([two, other].map(async ({ body }) => body?.cancel()));
  });

  it("is not ready before the room is loaded", async () => {
    const source = { ...room.source(), follow: () => undefined };
    const port = await replica({ source: () => source });
    assert.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 503);
    assert.equal((await fetch(`http://127.0.0.1:${port}/sse/connect`)).status, 503);
    assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
  });

  it("is ready only while it follows every partition and is caught up", async () => {
    const state = { connected: true, lag: 0 };
    const source = Object.defineProperties(room.source(), {
      connected: { get: () => state.connected },
      lag: { get: () => state.lag },
    });
    const port = await replica({ source: () => source });
    const statuses: number[] = [];
    for (const next of [{}, { lag: 1_000 }, { lag: 1_001 }, { lag: 0, connected: false }, { connected: true }]) {
      Object.assign(state, next);
      statuses.push((await fetch(`http://127.0.0.1:${port}/readyz`)).status);
    }
    assert.deepEqual(statuses, [200, 200, 503, 503, 200]);
  });

  it("serves each room its own messages", async () => {
    const other = new MemoryRoom();
    const port = await replica({
      rooms: ["chatroom", "other"],
      source: (name) => (name === "other" ? other : room).source(),
    });
    const [main, side] = [await reading(port), await reading(port, "?room=other")];
    room.write("in chatroom");
    other.write("in other");
    assert.deepEqual(await main.has(1), ["in chatroom"]);
    assert.deepEqual(await side.has(1), ["in other"]);
  });

  const refused: readonly [
    name: string,
    query: string,
    headers: Record<string, string>,
    status: number,
    error: string,
  ][] = [
    ["another topic", "?room=secrets", {}, 404, "unknown_room"],
    ["an empty room", "?room=", {}, 404, "unknown_room"],
    ["a property of objects as room", "?room=constructor", {}, 404, "unknown_room"],
    ["the first of two rooms, which does not exist", "?room=secrets&room=chatroom", {}, 404, "unknown_room"],
    ["a negative history", "?history=-1", {}, 400, "bad_history"],
    ["a history that is not a number", "?history=many", {}, 400, "bad_history"],
    ["a fraction of a history", "?history=1.5", {}, 400, "bad_history"],
    ["a history beyond numbers", "?history=99999999999999999999", {}, 400, "bad_history"],
    ["an empty history", "?history=", {}, 400, "bad_history"],
    ["an event id with a path", "", { "Last-Event-ID": "../../etc/passwd" }, 400, "bad_event_id"],
    ["an event id with a negative offset", "", { "Last-Event-ID": "memory.0--1" }, 400, "bad_event_id"],
    ["an event id with a huge offset", "", { "Last-Event-ID": "memory.0-99999999999999999999" }, 400, "bad_event_id"],
    ["an event id without its offset", "", { "Last-Event-ID": "memory.0" }, 400, "bad_event_id"],
    ["a malformed event id in the address", "?lastEventId=a.b", {}, 400, "bad_event_id"],
  ];
  for (const [name, query, headers, status, error] of refused) {
    it(`refuses ${name}`, async () => {
      const port = await replica();
      const response = await fetch(`http://127.0.0.1:${port}/sse/connect${query}`, { headers });
      assert.equal(response.status, status);
      assert.equal(((await response.json()) as { error: string }).error, error);
      const reader = await reading(port);
      room.write("still well");
      assert.deepEqual(await reader.has(1), ["still well"]);
    });
  }

  it("lets in only readers with the token, if there is one", async () => {
    const port = await replica({ token: "open sesame" });
    assert.equal((await fetch(`http://127.0.0.1:${port}/sse/connect`)).status, 401);
    assert.equal((await fetch(`http://127.0.0.1:${port}/api/config`)).status, 200);
    const reader = await reading(port, "", { authorization: "Bearer open sesame" });
    room.write("for members");
    assert.deepEqual(await reader.has(1), ["for members"]);
  });

  it("serves HTTP/1.0 readers too", async () => {
    const port = await replica();
    const socket = connectTcp(port, "127.0.0.1");
    socket.write("GET /sse/connect HTTP/1.0\r\n\r\n");
    const [chunk] = (await once(socket, "data")) as [Buffer];
    assert.match(chunk.toString(), /^HTTP\/1\.1 200 OK/);
    assert.doesNotMatch(chunk.toString(), /transfer-encoding/i);
    socket.destroy();
  });
});

async function metrics(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}
