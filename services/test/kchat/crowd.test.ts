import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { start, type Running } from "kafka-stack-processes";
import type { Question } from "../crowd-server.js";
import { until } from "../fakes.js";

/** Idle connections: as many as a replica's readers, or fewer when the machine cannot open so many files. */
const CROWD = Number(process.env["KCHAT_TEST_CONNECTIONS"] ?? 5_000);

/** Concurrent connection attempts. */
const AT_ONCE = 100;

/** Readers to average over. */
const MEASURED = 300;

/** The memory limit of a kconsumer pod, in bytes. Half of it is for the process itself and uncollected garbage. */
const POD_BYTES = 256 * 1_048_576;

/** A client that asks for an event stream and then reads nothing. */
class Idler {
  /** The status of the answer, once it arrived. */
  status = 0;
  readonly socket: Socket;
  readonly answered: Promise<void>;

  constructor(
    path: string,
    address: string,
    { query = "", id }: { readonly query?: string; readonly id?: string } = {},
  ) {
    this.socket = connect(path);
    const lines = [`X-Forwarded-For: ${address}`, ...(id === undefined ? [] : [`Last-Event-ID: ${id}`])];
    this.socket.write(
      `GET /sse/connect${query} HTTP/1.1\r\nHost: test\r\nAccept: text/event-stream\r\n${lines.join("\r\n")}\r\n\r\n`,
    );
    this.answered = new Promise((resolve, reject) => {
      this.socket.once("data", (chunk: Buffer) => {
        this.socket.pause();
        this.status = Number(/^HTTP\/1\.1 (\d{3})/.exec(chunk.toString("latin1"))?.[1]);
        resolve();
      });
      this.socket.once("error", reject);
    });
    // Being disconnected later is expected.
    this.answered.then(
      () => this.socket.on("error", () => undefined),
      () => undefined,
    );
  }
}

/** Ids that strangers may make up, in the valid form. */
const madeUp = fc.oneof(
  fc.constant("crowd"),
  fc.nat(20_000).map((offset) => `crowd.0-${offset}`),
  fc.constant("crowd.0-999999999999999"),
  fc.nat(1e6).map((number) => `other${number}.0-1`),
  // 14 KB of partitions that do not exist, and some that do.
  fc
    .tuple(fc.nat(12), fc.integer({ min: 1, max: 1e6 }))
    .map(
      ([first, offset]) =>
        `crowd${Array.from({ length: 1_000 }, (_, index) => `.${first + index}-${offset}`).join("")}`,
    ),
);

describe("a crowd that reads nothing", function () {
  this.timeout(900_000);
  let directory: string;
  let server: Running;
  let path: string;
  let idlers: Idler[];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "crowd-test-"));
    path = join(directory, "socket");
    idlers = [];
    // The young generation has the same size as in the image.
    const flags = ["--import", "tsx", "--expose-gc", "--max-semi-space-size=8"];
    const program = fileURLToPath(new URL("../crowd-server.ts", import.meta.url));
    server = start(process.execPath, [...flags, program, path], { messages: true, output: "terminal" });
    await server.message();
  });

  afterEach(async () => {
    for (const { socket } of idlers) socket.destroy();
    await server.end("SIGKILL");
    rmSync(directory, { recursive: true });
  });

  async function ask(question: Question): Promise<number> {
    const answer = server.message();
    server.send(question);
    return (await answer) as number;
  }

  /**
   * Bytes in use once nobody accepts data any more. Each answer is a round of the server's work, so a reader that accepts data does so between two.
   */
  async function settledMemory(): Promise<number> {
    let [before, same] = [-1, 0];
    while (same < 5) {
      const sent = await ask("sent");
      same = sent === before ? same + 1 : 0;
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return ask("memory");
  }

  async function come(count: number, make: (index: number) => Idler): Promise<void> {
    for (let begun = 0; begun < count; begun += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, count - begun) }, (_, index) => make(begun + index));
      idlers.push(...some);
      await Promise.all(some.map(({ answered }) => answered));
    }
  }

  /** An address that only a few of the crowd share. */
  const addressOf = (index: number) => `198.18.${index % 250}.1`;

  /** Average bytes per reader. */
  async function costOf(start: { readonly query?: string; readonly id?: string }): Promise<number> {
    const before = await settledMemory();
    await come(MEASURED, (index) => new Idler(path, addressOf(index), start));
    assert.ok(idlers.every(({ status }) => status === 200));
    const cost = ((await settledMemory()) - before) / MEASURED;
    for (const { socket } of idlers) socket.destroy();
    idlers = [];
    await until("all are forgotten", async () => (await readers()) === 0, 120_000);
    return cost;
  }

  async function readers(): Promise<number> {
    const socket = connect(path);
    socket.end("GET /metrics HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    let said = "";
    for await (const chunk of socket) said += String(chunk);
    return Number(/^kchat_readers\{.*\} (\d+)$/m.exec(said)?.[1]);
  }

  it("uses at most twice the memory for a resuming reader as for a live one", async () => {
    // Warm up: what the process loads for the first of each kind does not count.
    await costOf({ id: "crowd.0-1" });
    const live = await costOf({});
    const resumed = await costOf({ id: "crowd.0-1" });
    const behind = await costOf({ query: "?history=500" });
    const shown = [live, resumed, behind].map((bytes) => `${(bytes / 1_024).toFixed(1)} KiB`).join(", ");
    console.log(`      a live reader, a resuming one, one with history: ${shown}`);
    assert.ok(resumed <= 2 * live, shown);
    assert.ok(behind <= 2 * live + 16_384, shown);
  });

  it("stays within the pod's memory, and holds up nobody who reads, whatever the crowd claims to have seen", async () => {
    const reader = new Idler(path, "192.0.2.1");
    idlers.push(reader);
    await reader.answered;
    let read = "";
    reader.socket.on("data", (chunk: Buffer) => (read += chunk.toString()));
    reader.socket.resume();
    const ids = fc.sample(madeUp, { numRuns: 500 });
    const sees = async () => {
      const written = await ask("write");
      await until("a live reader has the message", () => read.includes(`data: Ann: live ${written}\n`), 60_000);
    };
    for (let come500 = 0; come500 < CROWD - 1; come500 += 500) {
      const count = Math.min(500, CROWD - 1 - come500);
      await come(count, (index) => {
        const number = come500 + index;
        const id = ids[number % ids.length];
        return new Idler(
          path,
          addressOf(number),
          number % 3 === 0 || id === undefined ? { query: "?history=500" } : { id },
        );
      });
      await sees();
    }
    const answers = new Map<number, number>();
    for (const { status } of idlers) answers.set(status, (answers.get(status) ?? 0) + 1);
    assert.ok((answers.get(200) ?? 0) > CROWD / 2, JSON.stringify([...answers]));
    assert.deepEqual(
      [...answers.keys()].filter((status) => status !== 200 && status !== 503),
      [],
    );
    await sees();
    const used = await ask("memory");
    console.log(`      ${CROWD} connections: ${used >> 20} MiB in use`);
    assert.ok(used < POD_BYTES / 2, `${used} bytes`);
    for (const { socket } of idlers) socket.destroy();
    await until("all are forgotten", async () => (await readers()) === 0, 120_000);
  });
});
