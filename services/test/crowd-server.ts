/**
 * A kconsumer as a process, on the socket in its argument, for tests that measure it. Its room has many messages that are no longer in memory. It
 * answers questions on the channel to its parent.
 */
import type { Socket } from "node:net";
import type { Entry } from "../src/kafka/fetch.js";
import { Positions } from "../src/kconsumer/position.js";
import type { RoomListener } from "../src/kconsumer/room-source.js";
import { testConsumer } from "./fakes.js";

/** A parent's question: the bytes in use, the bytes sent to present readers, or to write a message. */
export type Question = "memory" | "sent" | "write";

/** Messages of the room, those of them in memory, and those per read. */
export const ROOM = { messages: 20_000, kept: 500, page: 200 } as const;

const PARTITIONS = 12;
const text = Buffer.from(`Ann: ${"a message of a kilobyte ".repeat(42)}`);
const entry = (offset: number): Entry => ({ partition: 0, offset, timestamp: Date.now(), value: text });
const entries = (from: number, until: number): Entry[] =>
  Array.from({ length: Math.max(0, until - from) }, (_, index) => entry(from + index));

let listener: RoomListener | undefined;
let next = ROOM.messages;

const consumer = await testConsumer({
  source: () => ({
    partitions: PARTITIONS,
    ownPartition: 0,
    lag: 0,
    connected: true,
    follow: (following) => {
      listener = following;
      const first = ROOM.messages - ROOM.kept;
      following.opened(new Positions("crowd", [[0, first]]), entries(first, ROOM.messages));
    },
    readPage: (_partition, from) => {
      const until = Math.min(next, from + ROOM.page);
      return Promise.resolve({ entries: entries(from, until), next: until });
    },
    stop: () => undefined,
  }),
  historyEvents: ROOM.kept,
  maxReaders: 5_000,
  maxReadersPerAddress: 1_000,
  maxResuming: 500,
  heartbeatMs: 1_000,
  trustProxy: () => true,
});
await consumer.app.listen({ path: process.argv[2] ?? "" });

const sockets = new Set<Socket>();
consumer.app.server.on("connection", (socket: Socket) => {
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
});

process.on("message", (question: Question) => {
  if (question === "write") {
    listener?.entries([{ ...entry(next), value: Buffer.from(`Ann: live ${next}`) }]);
    next += 1;
    process.send?.(next - 1);
    return;
  }
  if (question === "sent") {
    process.send?.([...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0));
    return;
  }
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.(heapUsed + external);
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
