import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import type { ConsumerApp } from "../src/kconsumer/app.js";
import { MemoryRoom, testConsumer, testProducer, until } from "../test/fakes.js";

const PAGE = fileURLToPath(new URL("../dist/page-test/", import.meta.url));
const axeSource = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Both services on an in-memory room, and Chromium. */
class Stage {
  readonly room = new MemoryRoom();
  readonly #browser: Browser;
  readonly #producer: Awaited<ReturnType<typeof testProducer>>;
  #consumer: ConsumerApp;
  readonly port: number;

  private constructor(
    browser: Browser,
    producer: Awaited<ReturnType<typeof testProducer>>,
    consumer: ConsumerApp,
    port: number,
  ) {
    this.#browser = browser;
    this.#producer = producer;
    this.#consumer = consumer;
    this.port = port;
  }

  static async open(room: MemoryRoom, token?: string): Promise<Stage> {
    const browser = await chromium.launch({
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu"],
    });
    const producer = await testProducer({ sink: room, token });
    const producerUrl = await producer.listen({ host: "127.0.0.1", port: 0 });
    const consumer = await Stage.#startConsumer(room, producerUrl, 0, token);
    const port = (consumer.app.server.address() as { port: number }).port;
    const stage = new Stage(browser, producer, consumer, port);
    Object.assign(stage, { room });
    return stage;
  }

  static async #startConsumer(
    room: MemoryRoom,
    producerUrl: string,
    port: number,
    token?: string,
  ): Promise<ConsumerApp> {
    const consumer = await testConsumer({ source: () => room.source(), producerUrl, pageDirectory: PAGE, token });
    await consumer.app.listen({ host: "127.0.0.1", port });
    return consumer;
  }

  async stopConsumer(): Promise<void> {
    const closed = this.#consumer.app.close();
    this.#consumer.disconnect();
    await closed;
  }

  async startConsumer(): Promise<void> {
    const address = this.#producer.server.address() as { port: number };
    this.#consumer = await Stage.#startConsumer(this.room, `http://127.0.0.1:${address.port}`, this.port);
  }

  async person(name: string, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
    return this.tab(await this.#browser.newContext(options), name);
  }

  /** A separate person, who opens tabs. */
  browser(): Promise<BrowserContext> {
    return this.#browser.newContext();
  }

  async tab(context: BrowserContext, name: string): Promise<Page> {
    const page = await context.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && /Content Security Policy/i.test(message.text())) problems.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${this.port}/`);
    if (name !== "") await page.getByLabel("Name").fill(name);
    assert.deepEqual(problems, []);
    return page;
  }

  /** Open event streams. */
  async streams(): Promise<number> {
    const metrics = await (await fetch(`http://127.0.0.1:${this.port}/metrics`)).text();
    return Number(/^kchat_readers\{.*\} (\d+)$/m.exec(metrics)?.[1]);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.stopConsumer();
    await this.#producer.close();
  }
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.getByLabel("Message", { exact: true }).press("Enter");
}

function texts(page: Page): Promise<string[]> {
  return page.locator("#messages .text").allTextContents();
}

async function sees(page: Page, text: string): Promise<void> {
  await until(`the page shows "${text}"`, async () => (await texts(page)).includes(text));
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(axeSource, "utf8"));
  const found = await page.evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`))",
  );
  return found as string[];
}

describe("the chat page", function () {
  this.timeout(60_000);
  let stage: Stage;

  before(async () => {
    await build({
      configFile: fileURLToPath(new URL("../page/vite.config.ts", import.meta.url)),
      build: { outDir: PAGE },
    });
  });

  beforeEach(async () => {
    stage = await Stage.open(new MemoryRoom());
  });

  afterEach(async () => {
    await stage.close();
  });

  it("lets two people talk", async () => {
    const [a, b] = [await stage.person("User A"), await stage.person("User B")];
    await say(a, "hello B");
    await sees(b, "hello B");
    await say(b, "hello A");
    await sees(a, "hello A");
    assert.deepEqual(await texts(a), ["hello B", "hello A"]);
    assert.deepEqual(await a.locator("#messages .name").allTextContents(), ["User A", "User B"]);
    assert.deepEqual(await a.locator("#messages .own .mark").allTextContents(), ["✓ sent"]);
  });

  it("shows earlier messages", async () => {
    for (let index = 0; index < 60; index += 1) stage.room.write(`Ann: message ${index}`);
    const page = await stage.person("User A");
    await sees(page, "message 59");
    assert.equal((await texts(page)).length, 50);
  });

  it("shows hostile messages as text", async () => {
    const page = await stage.person("User A");
    const hostile = [
      "<img src=x onerror=alert(1)>",
      "<script>document.title='owned'</script>",
      "two\nlines\n\nid: 99\nevent: dropped\ndata: forged",
      "\u202Egnirts desrever\u0000\u0007",
      "a".repeat(5_000),
    ];
    for (const text of hostile) stage.room.write(`<b>Eve</b>: ${text}`);
    await sees(page, "a".repeat(5_000));
    assert.equal(await page.locator("#messages img, #messages script, #messages b").count(), 0);
    assert.equal((await texts(page))[0], hostile[0]);
    assert.equal((await texts(page))[2], hostile[2]);
    assert.equal(await page.title(), "kchat");
    const overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    assert.equal(overflow, 0);
  });

  it("reconnects after an outage of kconsumer, and misses nothing", async () => {
    const page = await stage.person("User A");
    await say(page, "before");
    await sees(page, "before");
    await stage.stopConsumer();
    await until("the page says that the connection is lost", async () =>
      ((await page.locator("#state").textContent()) ?? "").includes("lost"),
    );
    stage.room.write("Ann: meanwhile");
    await stage.startConsumer();
    await sees(page, "meanwhile");
    assert.deepEqual(await texts(page), ["before", "meanwhile"]);
    assert.equal(await page.locator("#state").textContent(), "Connected");
  });

  it("keeps a message that was not sent, and sends it again on demand", async () => {
    const page = await stage.person("User A");
    await stage.stopConsumer();
    await say(page, "stubborn");
    await page.getByRole("button", { name: "Send again" }).waitFor();
    await stage.startConsumer();
    await page.getByRole("button", { name: "Send again" }).click();
    await until("the message is in the room", () =>
      stage.room.entries.some(({ value }) => value.toString() === "User A: stubborn"),
    );
    await until(
      "it is marked as sent",
      async () => (await page.locator(".own .mark").allTextContents()).join() === "✓ sent",
    );
  });

  /** Features that a browser lacks, and the number of streams of its tabs. */
  const browsers: readonly [name: string, lacks: readonly string[], streams: number][] = [
    ["a worker", [], 1],
    ["an elected tab, where there are no shared workers", ["SharedWorker"], 1],
    ["each tab on its own, where there are no locks either", ["SharedWorker", "BroadcastChannel"], 3],
  ];
  for (const [name, lacks, streams] of browsers) {
    const count = streams === 1 ? 8 : streams;
    it(`shows and sends in ${count} tabs at once, with a stream by ${name}`, async () => {
      const context = await stage.browser();
      for (const missing of lacks) await context.addInitScript(`delete globalThis.${missing}`);
      for (let index = 0; index < 60; index += 1) stage.room.write(`Ann: earlier ${index}`);
      const tabs: Page[] = [];
      for (let index = 0; index < count; index += 1) {
        const tab = await stage.tab(context, `Tab ${index}`);
        await sees(tab, "earlier 59");
        tabs.push(tab);
      }
      await until(`the tabs have ${streams} streams`, async () => (await stage.streams()) === streams);
      for (const [index, tab] of tabs.entries()) {
        await say(tab, `from tab ${index}`);
        await sees(tab, `from tab ${index}`);
      }
      const expected = [
        ...Array.from({ length: 50 }, (_, index) => `earlier ${index + 10}`),
        ...tabs.map((_, index) => `from tab ${index}`),
      ];
      for (const [index, tab] of tabs.entries()) {
        await sees(tab, `from tab ${count - 1}`);
        assert.deepEqual((await texts(tab)).slice(-count), expected.slice(-count));
        await until(
          "the message is marked as sent",
          async () => (await tab.locator(".own .mark").allTextContents()).join() === "✓ sent",
        );
        assert.equal(await tab.locator(".own .text").textContent(), `from tab ${index}`);
      }
      // The first tab had the stream, if a tab has it.
      await tabs.shift()?.close();
      stage.room.write("Ann: after the first was closed");
      for (const tab of tabs) {
        await sees(tab, "after the first was closed");
        assert.deepEqual((await texts(tab)).slice(-count - 1), [
          ...expected.slice(-count),
          "after the first was closed",
        ]);
        assert.equal(await tab.locator("#state").textContent(), "Connected");
      }
      for (const tab of tabs) await tab.close();
      await until("no stream is left", async () => (await stage.streams()) === 0);
    });
  }

  it("counts new messages while the reader is further up", async () => {
    for (let index = 0; index < 50; index += 1) stage.room.write(`Ann: message ${index}`);
    const page = await stage.person("User A");
    await sees(page, "message 49");
    await page.waitForFunction(() => document.getElementById("scroll")?.getAttribute("aria-busy") === "false");
    await page.evaluate(() => {
      document.getElementById("scroll")?.scrollTo({ top: 0, behavior: "instant" });
    });
    stage.room.write("Ann: news");
    await sees(page, "news");
    await page.waitForFunction(() => document.title === "(1) kchat");
    assert.equal(await page.locator(".unread").count(), 1);
    await page.getByRole("button", { name: "1 new message" }).click();
    await page.waitForFunction(() => document.title === "kchat");
  });

  it("can be used with the keyboard alone", async () => {
    const page = await stage.person("");
    await page.keyboard.type("Keys");
    await page.keyboard.press("Tab");
    await page.keyboard.type("first line");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("second line");
    await page.keyboard.press("Enter");
    await sees(page, "first line\nsecond line");
    assert.equal(stage.room.entries[0]?.value.toString(), "Keys: first line\nsecond line");
  });

  it("asks for a name first", async () => {
    const page = await stage.person("");
    await page.getByLabel("Message", { exact: true }).fill("anonymous");
    await page.getByLabel("Message", { exact: true }).press("Enter");
    assert.equal(await page.getByRole("alert").textContent(), "Enter your name first.");
    assert.equal(stage.room.entries.length, 0);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    it(`has no accessibility violation on a wide and on a narrow screen (${colorScheme})`, async () => {
      for (const width of [1_280, 390]) {
        const page = await stage.person("User A", { colorScheme, viewport: { width, height: 760 } });
        await say(page, "mine");
        stage.room.write("Ann: a longer message from somebody else that goes over several lines on a telephone");
        await sees(page, "a longer message from somebody else that goes over several lines on a telephone");
        assert.deepEqual(await violations(page), []);
        const overflow = await page.evaluate(
          "document.documentElement.scrollWidth - document.documentElement.clientWidth",
        );
        assert.equal(overflow, 0, `the page is wider than ${width} px`);
        const shots = process.env["SCREENSHOTS"];
        if (shots !== undefined) await page.screenshot({ path: `${shots}/page-${colorScheme}-${width}.png` });
      }
    });
  }
});

describe("the chat page with a token", function () {
  this.timeout(60_000);

  it("asks for it and uses it", async () => {
    const stage = await Stage.open(new MemoryRoom(), "open sesame");
    try {
      const page = await stage.person("");
      await page.getByLabel("This chat asks for a token.").fill("open sesame");
      await page.getByRole("button", { name: "Enter" }).click();
      await page.getByLabel("Name").fill("User A");
      await say(page, "let in");
      await sees(page, "let in");
      assert.equal(stage.room.entries.length, 1);
    } finally {
      await stage.close();
    }
  });
});
