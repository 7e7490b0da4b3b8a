import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import type { Entry } from "../../src/kafka/fetch.js";
import type { ConsumerApp } from "../../src/kconsumer/app.js";
import type { RoomSource } from "../../src/kconsumer/room-source.js";
import { MemoryRoom, testConsumer, until } from "../fakes.js";
import { StreamReader } from "../stream-reader.js";

/** A room of 50 messages, of which the service keeps 5, read back as `readBack` says. */
function longRoom(readBack?: RoomSource["readBack"]): RoomSource {
  const room = new MemoryRoom();
  for (let index = 0; index < 50; index += 1) room.write(`message ${index}`);
  const source = room.source(5);
  return readBack === undefined ? source : { ...source, readBack };
}

describe("a reader that needs what is no longer in memory", () => {
  let consumer: ConsumerApp;
  let port: number;
  let reader: StreamReader;

  async function resume(readBack?: RoomSource["readBack"]): Promise<void> {
    const room = longRoom(readBack);
    consumer = await testConsumer({ source: () => room, historyEvents: 5 });
    await consumer.app.listen({ host: "127.0.0.1", port: 0 });
    port = (consumer.app.server.address() as AddressInfo).port;
    reader = new StreamReader(port, "", { "Last-Event-ID": "memory.0-10" });
    await until("the stream begins", () => reader.raw.includes("id: "));
  }

  afterEach(async () => {
    reader.close();
    consumer.disconnect();
    await consumer.app.close();
  });

  it("is told to come back when it cannot be read, and keeps its place", async () => {
    await resume(async function* (): AsyncIterable<readonly Entry[]> {
      yield await Promise.resolve([]);
      throw new Error("the new leader does not show it yet");
    });
    await until("the stream ends", () => reader.ended);
    assert.deepEqual(reader.messages, []);
    assert.equal(reader.events.at(-1)?.type, "reconnect");
    assert.equal(reader.lastEventId, "memory.0-10");
  });

  it("counts as a reader, and is sent away when the service stops meanwhile", async () => {
    const { promise: never } = Promise.withResolvers<readonly Entry[]>();
    await resume(async function* (): AsyncIterable<readonly Entry[]> {
      yield await never;
    });
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    assert.match(metrics, /kchat_readers\{room="chatroom",service="kconsumer"\} 1/);
    consumer.disconnect();
    await until("the stream ends", () => reader.ended);
    assert.equal(reader.events.at(-1)?.type, "reconnect");
  });

  it("is not let in any more once the service has sent everyone away", async () => {
    await resume();
    consumer.disconnect();
    const late = await fetch(`http://127.0.0.1:${port}/sse/connect`);
    assert.equal(late.status, 503);
    assert.equal(late.headers.get("retry-after"), "1");
    assert.equal(((await late.json()) as { error: string }).error, "stopping");
  });
});
