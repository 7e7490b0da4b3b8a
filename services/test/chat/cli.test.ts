import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { FastifyInstance } from "fastify";
import { start as startProcess, type Running } from "kafka-stack-processes";
import { HttpError } from "../../src/kchat/http-error.js";
import type { ConsumerApp } from "../../src/kconsumer/app.js";
import { MemoryRoom, testConsumer, testProducer, until } from "../fakes.js";

const CLI = fileURLToPath(new URL("../../src/chat/cli.ts", import.meta.url));

/** The command-line client as a process. */
class Client {
  readonly process: Running;
  #forgotten = 0;

  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.process = startProcess(command, args, { input: { open: true }, env: { ...process.env, ...env } });
  }

  get output(): string {
    return this.process.output.slice(this.#forgotten);
  }

  get errors(): string {
    return this.process.errors;
  }

  /** Forgets the output so far. */
  forget(): void {
    this.#forgotten = this.process.output.length;
  }

  type(text: string): void {
    this.process.write(text);
  }

  shows(text: string): Promise<void> {
    return until(`the client shows ${JSON.stringify(text)}`, () => this.output.includes(text), 30_000);
  }

  /** Ends the input and returns the exit code. */
  async end(): Promise<number | null> {
    this.process.endInput();
    return (await this.process.ended).code;
  }
}

describe("npm run chat", function () {
  this.timeout(60_000);
  let room: MemoryRoom;
  let producer: FastifyInstance;
  let consumer: ConsumerApp;
  let consumerPort: number;
  let client: Client | undefined;

  const portOf = (app: FastifyInstance) => (app.server.address() as AddressInfo).port;

  async function startConsumer(port: number, token?: string): Promise<void> {
    consumer = await testConsumer({ source: () => room.source(), token });
    await consumer.app.listen({ host: "127.0.0.1", port });
    consumerPort = portOf(consumer.app);
  }

  async function stopConsumer(): Promise<void> {
    const closed = consumer.app.close();
    consumer.disconnect();
    await closed;
  }

  const args = (...more: readonly string[]) => {
    const ports = ["--producer-port", String(portOf(producer)), "--consumer-port", String(consumerPort)];
    return ["--import", "tsx", CLI, ...more, "--host", "127.0.0.1", ...ports];
  };

  function start(...more: readonly string[]): Client {
    client = new Client(process.execPath, args(...more));
    return client;
  }

  beforeEach(async () => {
    room = new MemoryRoom();
    producer = await testProducer({ sink: room });
    await producer.listen({ host: "127.0.0.1", port: 0 });
    await startConsumer(0);
  });

  afterEach(async () => {
    client?.process.kill("SIGKILL");
    client = undefined;
    await Promise.all([stopConsumer(), producer.close()]);
  });

  it("shows earlier messages, sends each line, and ends with its input", async () => {
    for (let index = 0; index < 30; index += 1) room.write(`Bob: message ${index}`);
    const ann = start("Ann", "--history", "2");
    await ann.shows("Bob: message 29\n");
    ann.type("hello\n\n   \nGrüße 👋\n");
    await ann.shows("Ann: hello\nAnn: Grüße 👋\n");
    assert.equal(await ann.end(), 0);
    assert.ok(!ann.output.includes("Bob: message 27\n"));
    assert.deepEqual(
      room.entries.slice(30).map(({ value }) => value.toString()),
      ["Ann: hello", "Ann: Grüße 👋"],
    );
    assert.equal(ann.errors, "");
  });

  it("resumes where it was after an outage of the service", async () => {
    const ann = start("Ann", "--listen");
    await until("Ann listens", async () => (await readers()) === "1");
    room.write("Bob: before");
    await ann.shows("Bob: before\n");
    await stopConsumer();
    room.write("Bob: meanwhile");
    await startConsumer(consumerPort);
    await ann.shows("Bob: meanwhile\n");
    assert.equal(ann.output, "Bob: before\nBob: meanwhile\n");
    assert.match(ann.errors, /connection lost, trying again/);
  });

  it("lets no message control the terminal", async () => {
    room.write("Eve: \u001b[2Jgone\u0007\u202e");
    const ann = start("Ann", "--listen");
    await ann.shows("\n");
    assert.equal(ann.output, "Eve: \ufffd[2Jgone\ufffd\ufffd\n");
  });

  it("ends with 1 when a message was not sent, and says which and why", async () => {
    room.failure = new HttpError(503, "not_acknowledged", "Kafka is away.", 1);
    const ann = start("Ann");
    ann.type("lost\n");
    assert.equal(await ann.end(), 1);
    assert.match(ann.errors, /^Not sent \(Kafka is away\.\): lost$/m);
  });

  it("ends with 1 when the service refuses", async () => {
    const ann = start("Ann", "--listen", "--room", "secrets");
    assert.equal(await ann.end(), 1);
    assert.match(ann.errors, /^The service refused: 404 There is no such room/m);
  });

  it("shows earlier messages and ends with 0 when its input is empty from the start, as in a script", async () => {
    room.write("Bob: for later");
    const quoted = [process.execPath, ...args("Ann")].map((word) => `'${word}'`).join(" ");
    for (const input of ["</dev/null", "<&-"]) {
      client = new Client("sh", ["-c", `exec ${quoted} ${input}`], { CI: "true" });
      assert.equal(await client.end(), 0, client.errors);
      assert.equal(client.output, "Bob: for later\n");
      assert.equal(client.errors, "");
    }
  });

  it("ends with 1 and says what to do when the input has ended and nothing answers", async () => {
    await stopConsumer();
    const ann = start("Ann");
    assert.equal(await ann.end(), 1);
    assert.match(
      ann.errors,
      /^kchat does not answer at http:\/\/127\.0\.0\.1:\d+ \(.*ECONNREFUSED.*\)\. Start the stack with/m,
    );
    await startConsumer(0);
  });

  it("shows its own messages before it ends", async () => {
    const ann = start("Ann");
    ann.type("hello\n");
    assert.equal(await ann.end(), 0);
    assert.equal(ann.output, "Ann: hello\n");
  });

  for (const [name, wrong] of [
    ["without a name", []],
    ["with a colon in the name", ["a:b"]],
    ["with an unknown option", ["Ann", "--loud"]],
    ["with a history that is no number", ["Ann", "--history", "all"]],
  ] as const) {
    it(`ends with 2 when it is called ${name}`, async () => {
      assert.equal(await start(...wrong).end(), 2);
    });
  }

  it("presents its token", async () => {
    await stopConsumer();
    await startConsumer(0, "open sesame");
    room.write("Bob: for members");
    client = new Client(process.execPath, args("Ann", "--listen"), { KCHAT_TOKEN: "open sesame" });
    await client.shows("Bob: for members\n");
  });

  it("keeps the prompt with the typed text below the messages on a terminal, and marks own messages", async () => {
    const quoted = [process.execPath, ...args("Ann")].map((word) => `'${word}'`).join(" ");
    client = new Client("script", ["--quiet", "--flush", "--return", "--command", quoted, "/dev/null"], {
      TERM: "xterm",
    });
    await client.shows("Ann> ");
    await until("Ann listens", async () => (await readers()) === "1");
    client.type("half a li");
    await client.shows("half a li");
    client.forget();
    room.write("Bob: from elsewhere");
    await client.shows("half a li");
    const [above = "", below = ""] = client.output.split("  Bob: from elsewhere\r\n");
    assert.ok(above.endsWith("\u001b[0J"), "what was typed is still above the message");
    assert.ok(below.includes("Ann> half a li"), below);
    client.type("ne\r");
    await client.shows("✓ Ann: half a line\r\n");
    assert.equal(room.entries.at(-1)?.value.toString(), "Ann: half a line");
    client.type("\u0004");
    assert.equal(await client.end(), 0);
  });

  async function readers(): Promise<string | undefined> {
    const metrics = await (await fetch(`http://127.0.0.1:${consumerPort}/metrics`)).text();
    return /kchat_readers\{.*\} (\d+)/.exec(metrics)?.[1];
  }
});
