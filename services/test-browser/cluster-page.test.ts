import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { FastifyInstance } from "fastify";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { createPageApp } from "../src/cluster/app.js";
import { Feed } from "../src/cluster/feed.js";
import type { Snapshot } from "../src/cluster/snapshot.js";
import { broken, groups, snapshot } from "../test/cluster/fakes.js";
import { until } from "../test/fakes.js";

const PAGE = fileURLToPath(new URL("../dist/cluster-page-test/", import.meta.url));
const axeSource = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** The page of a fake Kafka, in Chromium. */
class Stage {
  answer: () => Promise<Snapshot> = () => Promise.resolve(snapshot());
  feed: Feed;
  app: FastifyInstance;
  port = 0;

  private constructor(
    readonly browser: Browser,
    feed: Feed,
    app: FastifyInstance,
  ) {
    this.feed = feed;
    this.app = app;
  }

  static async open(): Promise<Stage> {
    const browser = await chromium.launch({
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu"],
    });
    const feed = Stage.#feed(() => Promise.resolve(snapshot()));
    const stage = new Stage(browser, feed, await createPageApp(feed, PAGE));
    await stage.start();
    return stage;
  }

  static #feed(ask: () => Promise<Snapshot>): Feed {
    return new Feed({ ask, groups: () => groups(Date.now()), pauseMs: 100, patienceMs: 6_000 });
  }

  async start(): Promise<void> {
    this.feed = Stage.#feed(() => this.answer());
    this.app = await createPageApp(this.feed, PAGE);
    await this.app.listen({ host: "127.0.0.1", port: this.port });
    this.port = (this.app.server.address() as { port: number }).port;
  }

  async stop(): Promise<void> {
    this.feed.close();
    await this.app.close();
  }

  async look(options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
    const page = await (await this.browser.newContext({ locale: "en-GB", ...options })).newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${this.port}/`);
    await page.locator("#cluster:not([hidden])").waitFor();
    assert.deepEqual(problems, []);
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.stop();
  }
}

const verdict = (page: Page): Promise<string | null> => page.locator("#verdict").textContent();

async function says(page: Page, text: string): Promise<void> {
  await until(`the page says "${text}"`, async () => ((await verdict(page)) ?? "").includes(text));
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(axeSource, "utf8"));
  const found = await page.evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`))",
  );
  return found as string[];
}

/** 100 brokers, and 1,000 topics of 10 partitions, of which broker 7 leads some no more. */
function large(): Snapshot {
  const topics = Array.from({ length: 1_000 }, (_, index) => ({
    name: `topic-${String(index).padStart(4, "0")}`,
    internal: false,
    replicationFactor: 3,
    map: index % 4 === 0 ? ".U..L.U..." : "..........",
  }));
  return snapshot({
    topics,
    totals: { topics: 1_000, partitions: 10_000, offline: 0, underReplicated: 500, notPreferred: 250 },
    brokers: Array.from({ length: 100 }, (_, id) => ({
      id,
      rack: `rack-${id % 3}`,
      running: id !== 7,
      leaders: 100,
      replicas: 300,
      outOfSync: id === 7 ? 300 : 0,
      cordoned: null,
      disk:
        id === 7
          ? null
          : { fullest: { size: 1e12, free: (1 - id / 100) * 1e12 }, directories: 3, failed: id === 9 ? 1 : 0 },
    })),
  });
}

describe("The page of the cluster", function () {
  this.timeout(60_000);
  let stage: Stage;

  before(async () => {
    await build({
      configFile: fileURLToPath(new URL("../cluster-page/vite.config.ts", import.meta.url)),
      build: { outDir: PAGE },
    });
  });
  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  it("shows a broker that goes, and that it comes back", async () => {
    const page = await stage.look();
    await says(page, "All brokers run, and all partitions are in order.");
    assert.equal(await page.locator("#brokers tr").nth(1).innerText(), "1\truns\track-1\t2\t4\t0\t40 % of 10.0 GiB");
    stage.answer = () => Promise.resolve(broken());
    await says(page, "1 partition offline");
    assert.equal(
      await verdict(page),
      "1 partition offline: nobody can write or read it; broker 1 not running; 1 partition under-replicated; 1 partition not led by its preferred leader.",
    );
    assert.equal(await page.locator("#brokers tr").nth(1).innerText(), "1\tnot running\track-1\t0\t4\t2\tnot known");
    assert.deepEqual(await page.locator("#attention li").allInnerTexts(), [
      "X orders-1: offline; no leader; replicas 1; last in sync 1",
      "U orders-0: under-replicated; leader 0; replicas 0, 1; in sync 0",
      "L orders-2: not led by its preferred leader; leader 0; replicas 2, 0; in sync 2, 0",
    ]);
    const orders = page.locator("#topics li").first();
    assert.equal(await orders.locator(".map").innerText(), "UXL");
    assert.equal(
      await orders.locator(".soft").innerText(),
      "3 partitions, 3 replicas; partition 1 offline; partition 0 under-replicated; partition 2 not led by its preferred leader",
    );
    assert.equal(await page.locator("#moves").innerText(), "payments-0 from 0, 2 to 2, 1");
    stage.answer = () => Promise.resolve(snapshot());
    await says(page, "All brokers run, and all partitions are in order.");
    assert.equal(await page.locator("#attention-section").isVisible(), false);
    assert.equal(await page.locator("#moves-text").innerText(), "No partition moves.");
  });

  it("shows how full disks are, and which need a look", async () => {
    stage.answer = () => Promise.resolve(large());
    const page = await stage.look();
    const cell = (broker: number) => page.locator("#brokers tr").nth(broker).locator("td").last();
    const shown = await Promise.all(
      [7, 9, 50, 85, 95].map(async (id) => [await cell(id).innerText(), await cell(id).getAttribute("data-level")]),
    );
    assert.deepEqual(shown, [
      ["not known", null],
      ["9 % of 931.3 GiB, the fullest of 2; 1 failed", "bad"],
      ["50 % of 931.3 GiB, the fullest of 3", "good"],
      ["85 % of 931.3 GiB, the fullest of 3", "look"],
      ["95 % of 931.3 GiB, the fullest of 3", "bad"],
    ]);
  });

  it("shows how far consumers are behind, and what of that is not known", async () => {
    const page = await stage.look();
    assert.deepEqual(await page.locator("#groups tr").allInnerTexts(), [
      "billing\tStable\t123,456\t1 h 6 min",
      "audit\tStable, share\t≥ 7 (2 partitions not known)\t≥ 12 s",
      "idle\tEmpty, consumer\t0\t0 s",
    ]);
  });

  it("shows nothing old when Kafka does not answer, or when the service is gone", async () => {
    const page = await stage.look();
    stage.answer = () => Promise.reject(new Error("nobody is there"));
    await says(page, "Kafka does not answer since");
    await says(page, "nobody is there");
    assert.equal(await page.locator("#cluster").isVisible(), false);
    stage.answer = () => Promise.resolve(snapshot());
    await says(page, "All brokers run");
    await stage.stop();
    await says(page, "The connection to the page's service is lost");
    assert.equal(await page.locator("#cluster").isVisible(), false);
    await stage.start();
    await says(page, "All brokers run");
    assert.equal(await page.locator("#cluster").isVisible(), true);
  });

  it("says why what it shows may be old", async () => {
    stage.answer = () => Promise.resolve(snapshot({ doubt: "Broker 1 is cut off.", moves: { unknown: "refused" } }));
    const page = await stage.look();
    assert.equal(await page.getByRole("alert").innerText(), "Broker 1 is cut off.");
    assert.equal(await page.locator("#moves-text").innerText(), "Whether any partition moves is not known: refused");
  });

  it("shows names as text", async () => {
    const [topic] = snapshot().topics;
    assert.ok(topic);
    stage.answer = () => Promise.resolve(snapshot({ topics: [{ ...topic, name: "<img src=x onerror=alert(1)>" }] }));
    const page = await stage.look();
    assert.equal(await page.locator("main img").count(), 0);
  });

  it("shows 100 brokers and 10,000 partitions with few elements, and finds each", async () => {
    stage.answer = () => Promise.resolve(large());
    const page = await stage.look();
    const nodes = () => page.evaluate(() => document.querySelectorAll("*").length);
    const first = await nodes();
    assert.ok(first < 2_000, `${first} elements`);
    assert.equal(await page.locator("#topics li").count(), 50);
    assert.equal(await page.locator("#topics li").first().locator(".map").innerText(), "·U··L·U···");
    await page.getByLabel("Names with").fill("topic-0999");
    assert.deepEqual(await page.locator("#topics .name").allInnerTexts(), ["topic-0999"]);
    await page.getByLabel("Names with").fill("");
    await page.getByRole("button", { name: "Show more" }).click();
    assert.equal(await page.locator("#topics li").count(), 100);
    const paints = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          new PerformanceObserver((list) => {
            resolve(list.getEntries()[0]?.startTime ?? NaN);
          }).observe({ type: "paint", buffered: true });
        }),
    );
    console.log(`      ${first} elements, first paint after ${Math.round(paints)} ms`);
  });

  it("can be used with the keyboard alone", async () => {
    stage.answer = () => Promise.resolve(large());
    const page = await stage.look();
    const names: string[] = [];
    for (let index = 0; index < 6; index += 1) {
      await page.keyboard.press("Tab");
      names.push(await page.evaluate(() => document.activeElement?.id || (document.activeElement?.className ?? "")));
    }
    assert.deepEqual(names, ["theme", "wide", "filter", "more", "groups-table", ""]);
  });

  it("is for pages of this machine alone", async () => {
    const ask = (headers: Record<string, string>) => stage.app.inject({ url: "/", headers });
    assert.equal((await ask({ host: "localhost:30392" })).statusCode, 200);
    assert.match(String((await ask({ host: "localhost" })).headers["content-security-policy"]), /default-src 'none'/);
    assert.equal((await ask({ host: "evil.example.com" })).statusCode, 403);
    const stream = { url: "/events", headers: { host: "localhost", "sec-fetch-site": "cross-site" } };
    assert.equal((await stage.app.inject(stream)).statusCode, 403);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    it(`has no accessibility violation on a wide and on a narrow screen (${colorScheme})`, async () => {
      for (const width of [1_280, 390]) {
        for (const [name, state] of [
          ["good", snapshot()],
          ["broken", broken()],
        ] as const) {
          stage.answer = () => Promise.resolve(state);
          const page = await stage.look({ colorScheme, viewport: { width, height: 900 } });
          await says(page, name === "good" ? "All brokers run" : "offline");
          assert.deepEqual(await violations(page), []);
          const overflow = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth",
          );
          assert.equal(overflow, 0, `the page is wider than ${width} px`);
          const shots = process.env["SCREENSHOTS"];
          if (shots !== undefined)
            await page.screenshot({ path: `${shots}/cluster-${name}-${colorScheme}-${width}.png`, fullPage: true });
          await page.close();
        }
      }
    });
  }
});
