import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import type { ConsumerApp, ConsumerAppOptions } from "../../src/kconsumer/app.js";
import type { FetchedPage } from "../../src/kconsumer/older-pages.js";
import { MAX_NAMED, Positions } from "../../src/kconsumer/position.js";
import { Resume } from "../../src/kconsumer/resume.js";
import type { RoomSource } from "../../src/kconsumer/room-source.js";
import { MemoryRoom, testConsumer, until } from "../fakes.js";
import { StreamReader } from "../stream-reader.js";

describe("a reader that needs messages that are no longer in memory", () => {
  let room: MemoryRoom;
  let consumer: ConsumerApp;
  let port: number;
  let readers: StreamReader[];

  beforeEach(() => {
    room = new MemoryRoom();
    readers = [];
  });

  /** A service for a room of 50 messages that keeps 5; `readPage` reads older ones. */
  async function serve(
    readPage?: (partition: number, from: number) => Promise<FetchedPage>,
    options: Partial<ConsumerAppOptions> = {},
  ): Promise<RoomSource> {
    for (let index = 0; index < 50; index += 1) room.write(`message ${index}`);
    const source = room.source(5);
    const used = readPage === undefined ? source : { ...source, readPage };
    consumer = await testConsumer({ source: () => used, historyEvents: 5, ...options });
    await consumer.app.listen({ host: "127.0.0.1", port: 0 });
    port = (consumer.app.server.address() as AddressInfo).port;
    return source;
  }

  function resume(id = "memory.0-10"): StreamReader {
    const reader = new StreamReader(port, "", { "Last-Event-ID": id });
    readers.push(reader);
    return reader;
  }

  afterEach(async () => {
    for (const reader of readers) reader.close();
    consumer.disconnect();
    await consumer.app.close();
  });

  it("is told to reconnect when they cannot be read, and keeps its position", async () => {
    await serve(() => Promise.reject(new Error("the new leader does not show it yet")));
    const reader = resume();
    await until("the stream ends", () => reader.ended);
    assert.deepEqual(reader.messages, []);
    assert.equal(reader.events.at(-1)?.type, "reconnect");
    assert.equal(reader.lastEventId, "memory.0-10");
  });

  it("counts as a reader, and is disconnected when the service stops meanwhile", async () => {
    await serve(() => new Promise(() => undefined));
    const reader = resume();
    await until("the stream begins", () => reader.raw.includes("id: "));
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    assert.match(metrics, /kchat_readers\{room="chatroom",service="kconsumer"\} 1/);
    consumer.disconnect();
    await until("the stream ends", () => reader.ended);
    assert.equal(reader.events.at(-1)?.type, "reconnect");
  });

  it("is refused once the service has disconnected everyone", async () => {
    await serve();
    const reader = resume();
    await until("the stream begins", () => reader.raw.includes("id: "));
    consumer.disconnect();
    const late = await fetch(`http://127.0.0.1:${port}/sse/connect`);
    assert.equal(late.status, 503);
    assert.equal(late.headers.get("retry-after"), "1");
    assert.equal(((await late.json()) as { error: string }).error, "stopping");
  });

  it("shares older messages with all others", async () => {
    let reads = 0;
    await serve((partition, from) => {
      reads += 1;
      const next = Math.min(45, from + 10);
      const entries = room.entries.filter(({ offset }) => offset >= from && offset < next);
      return Promise.resolve({ entries: entries.map((entry) => ({ ...entry, partition })), next });
    });
    const all = Array.from({ length: 20 }, (_, index) => resume(`memory.0-${10 + (index % 3)}`));
    for (const [index, reader] of all.entries()) {
      const first = 10 + (index % 3);
      const expected = Array.from({ length: 50 - first }, (_, at) => `message ${first + at}`);
      assert.deepEqual(await reader.has(expected.length), expected);
    }
    assert.ok(reads <= 4, `${reads} reads`);
  });

  it("waits for its turn in a limited number of places, of which one address gets only a part", async () => {
    await serve(() => new Promise(() => undefined), { maxResuming: 5, trustProxy: () => true });
    const connect = (address: string) =>
      fetch(`http://127.0.0.1:${port}/sse/connect`, {
        headers: { "last-event-id": "memory.0-10", "x-forwarded-for": address },
      });
    const streams = await Promise.all([1, 2, 3, 4].map((index) => connect(`192.0.2.${index}`)));
    assert.deepEqual([...new Set(streams.map(({ status }) => status))], [200]);
    const again = await connect("192.0.2.1");
    assert.equal(again.status, 503, "one address had two of the places");
    const fifth = await connect("192.0.2.5");
    assert.equal(fifth.status, 200);
    const sixth = await connect("192.0.2.6");
    assert.equal(sixth.status, 503);
    assert.equal(sixth.headers.get("retry-after"), "2");
    assert.equal(((await sixth.json()) as { error: string }).error, "too_many_resuming");
    const live = new StreamReader(port, "?history=1");
    readers.push(live);
    assert.deepEqual(await live.has(1), ["message 49"], "a reader of new messages had to wait");
    await Promise.all([...streams, fifth].map(async ({ body }) => body?.cancel()));
    await until("the places are free again", async () => {
      const response = await connect("192.0.2.7");
      await response.body?.cancel();
      return response.status === 200;
    });
  });

  it("gets messages longer than a chunk whole", async () => {
    room.write("x".repeat(100_000));
    room.write("ü".repeat(70_000));
    await serve();
    const reader = resume("memory");
    const messages = await reader.has(52);
    assert.equal(messages[0], "x".repeat(100_000));
    assert.equal(messages[1], "ü".repeat(70_000));
    assert.equal(messages[51], "message 49");
  });

  it("does not start over when its id belongs to another topic", async () => {
    let reads = 0;
    await serve(() => {
      reads += 1;
      return Promise.reject(new Error("not to be read"));
    });
    const messages = await resume("made.0-1").has(5);
    assert.deepEqual(
      messages,
      [45, 46, 47, 48, 49].map((index) => `message ${index}`),
    );
    assert.equal(reads, 0);
  });

  it("does not hold up others with a made-up id, and gets new messages once replicas cannot differ any more", async () => {
    await serve();
    const reader = resume(`memory.0-50.2-999999999999999`);
    await until("the stream begins", () => reader.raw.includes("id: "));
    room.write("of the own partition");
    room.write("seen already, if the id is right", 2);
    room.write("of the own partition, again");
    assert.deepEqual(await reader.has(2), ["of the own partition", "of the own partition, again"]);
  });
});

describe("a position made from an id", () => {
  const offset = fc.nat(1_000);
  const world = fc.record({
    partitions: fc.integer({ min: 1, max: 200 }),
    head: fc.dictionary(fc.nat(199).map(String), offset, { maxKeys: 100 }),
    id: fc.dictionary(fc.nat(5_000).map(String), fc.nat(1e15), { maxKeys: 500 }),
    own: fc.nat(199),
  });
  const positionsOf = (next: Record<string, number>, below: number, own: number) =>
    new Positions(
      "t",
      Object.entries(next)
        .map(([partition, value]) => [Number(partition), value] as const)
        .filter(([partition]) => partition < below),
      own,
    );

  it("is bounded, keeps the room's own partitions, and never asks for missing records, whatever was made up", () => {
    fc.assert(
      fc.property(world, ({ partitions, head, id, own }) => {
        const ahead = positionsOf(head, partitions, own % partitions);
        const resume = new Resume(positionsOf(id, Infinity, -1), ahead, own % partitions, partitions);
        const covered = Array.from({ length: 5_001 }, (_, index) => index).filter((each) => resume.covers(each));
        assert.ok(covered.length <= MAX_NAMED);
        assert.ok(covered.every((each) => each < partitions));
        assert.ok(resume.id.length < 1_000);
        for (const each of ahead.named) assert.ok(resume.covers(each), `${each} is named by the room's ids`);
        let gaps = 0;
        for (let gap = resume.gap(ahead); gap !== undefined; gap = resume.gap(ahead)) {
          assert.ok(gap.from < gap.until && gap.until <= ahead.next(gap.partition));
          resume.advance(gap.partition, gap.until - 1);
          gaps += 1;
        }
        assert.ok(gaps <= MAX_NAMED);
      }),
    );
  });

  it("equals what the room's own ids say", () => {
    fc.assert(
      fc.property(world, ({ partitions, head, own }) => {
        const ahead = positionsOf(head, partitions, own % partitions);
        const id = Positions.parse(ahead.toString());
        assert.ok(id !== undefined);
        const resume = new Resume(id, ahead, own % partitions, partitions);
        assert.equal(resume.id, ahead.toString());
        assert.equal(resume.gap(ahead), undefined);
      }),
    );
  });

  it("keeps an id of earlier versions, which named every partition", () => {
    const all = Array.from({ length: 1_000 }, (_, partition) => [partition, 5] as const);
    const old = Positions.parse(`t${all.map(([partition, next]) => `.${partition}-${next}`).join("")}`);
    assert.ok(old !== undefined);
    const head = new Positions(
      "t",
      all.map(([partition]) => [partition, 7] as const),
      600,
    );
    const resume = new Resume(old, head, 600, 1_000);
    assert.ok(resume.hasSeen(600, 4) && !resume.hasSeen(600, 5));
    assert.equal(resume.gap(head)?.until, 7);
  });
});
