import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { AddressInfo } from "node:net";
import type { ReadStream, WriteStream } from "node:tty";
import type { FastifyInstance } from "fastify";
import { createPageApp } from "../../src/cluster/app.js";
import { Feed } from "../../src/cluster/feed.js";
import type { Snapshot } from "../../src/cluster/snapshot.js";
import { top, type Top, type TopOptions } from "../../src/cluster/top.js";
import { until } from "../fakes.js";
import { broken, groups, snapshot } from "./fakes.js";

/** A terminal, or a pipe, of which only this much is used. */
class Stream extends EventEmitter {
  written = "";
  constructor(
    readonly isTTY: boolean,
    readonly columns = 80,
  ) {
    super();
  }

  write(text: string): boolean {
    this.written += text;
    return true;
  }

  setRawMode(): void {
    // Nobody types.
  }

  resume(): void {
    // Nobody types.
  }

  pause(): void {
    // Nobody types.
  }
}

describe("The cluster in a terminal, followed", () => {
  let answer: () => Promise<Snapshot>;
  let feed: Feed;
  let app: FastifyInstance;
  let port: number;
  let output: Stream;
  let errors: Stream;
  let input: Stream;
  /** Those that were not ended. */
  const shown: Top[] = [];

  const serve = async () => {
    feed = new Feed({ ask: () => answer(), groups: () => groups(Date.now()), pauseMs: 20, patienceMs: 6_000 });
    app = await createPageApp(feed, "/nonexistent");
    await app.listen({ host: "127.0.0.1", port });
    ({ port } = app.server.address() as AddressInfo);
  };
  const stop = async () => {
    feed.close();
    await app.close();
  };
  beforeEach(async () => {
    answer = () => Promise.resolve(broken());
    port = 0;
    output = new Stream(false);
    errors = new Stream(false);
    input = new Stream(true);
    await serve();
  });
  afterEach(async () => {
    input.emit("data", Buffer.from("q"));
    await Promise.all(shown.splice(0).map(({ done }) => done));
    await stop();
  });

  const show = (options: Partial<TopOptions> = {}) => {
    const started = top({
      url: `http://127.0.0.1:${port}/events`,
      once: false,
      input: input as unknown as ReadStream,
      output: output as unknown as WriteStream,
      errors: errors as unknown as NodeJS.WritableStream,
      env: {},
      ...options,
    });
    shown.push(started);
    return started;
  };

  it("prints one state where there is no terminal, without signs of one", async () => {
    assert.equal(await show().done, 0);
    assert.match(output.written, /^1 +rack-1 +not running/m);
    assert.match(output.written, /^billing +Stable/m);
    assert.ok(!output.written.includes("\u001b"));
    assert.equal(errors.written, "");
  });

  it("prints one state on a terminal when it is asked to", async () => {
    output = new Stream(true);
    assert.equal(await show({ once: true }).done, 0);
    assert.ok(output.written.includes("\u001b[31m✕ 1 partition offline"));
    assert.ok(!output.written.includes("\u001b[?1049h"));
  });

  it("has no colours with NO_COLOR, and no screen of its own on a terminal that has none", async () => {
    output = new Stream(true);
    assert.equal(await show({ env: { NO_COLOR: "1" }, once: true }).done, 0);
    assert.equal(await show({ env: { TERM: "dumb" } }).done, 0);
    assert.ok(!output.written.includes("\u001b"));
  });

  it("says why it got no answer, and fails", async () => {
    answer = () => Promise.reject(new Error("nobody is there"));
    assert.equal(await show({ patienceMs: 500 }).done, 1);
    assert.match(errors.written.replaceAll(/\s+/g, " "), /Kafka does not answer since .*: nobody is there/);
    assert.match(errors.written, /No state of the cluster was seen yet/);
    assert.equal(output.written, "");
  });

  it("is live on a terminal, says that the service is gone, and shows it again when it is back", async () => {
    output = new Stream(true);
    answer = () => Promise.resolve(snapshot());
    const live = show();
    const last = () => output.written.split("\u001b[H").at(-1) ?? "";
    await until("all is well", () => last().includes("✓ All brokers run"));
    answer = () => Promise.resolve(broken());
    await until("a broker is away", () => last().includes("not running"));
    live.explain("No pod serves the page.");
    await stop();
    await until("it is gone", () => last().includes("No pod serves the page."));
    assert.match(last(), /The last state was as of \d\d:\d\d:\d\d\./);
    assert.ok(!last().includes("rack-1"), "nothing old is shown");
    await serve();
    await until("it is back", () => last().includes("not running"), 15_000);
    input.emit("data", Buffer.from("q"));
    assert.equal(await live.done, 0);
    assert.ok(output.written.endsWith("\u001b[?1049l"));
  });

  it("leaves the terminal as it was at a signal", async () => {
    output = new Stream(true);
    const live = show();
    await until("it is shown", () => output.written.includes("rack-1"));
    process.emit("SIGTERM");
    assert.equal(await live.done, 0);
    assert.ok(output.written.endsWith("\u001b[?1049l"));
  });
});
