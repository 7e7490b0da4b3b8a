import assert from "node:assert/strict";
import { mock } from "node:test";
import { GaveUp, notYet, until, within } from "./index";

/** Lets everything happen that waits for no timer. */
const settle = () => new Promise(setImmediate);

/** Lets time pass, one tenth of a second after the other. */
async function pass(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 100) {
    mock.timers.tick(100);
    await settle();
  }
}

const never = new Promise<never>(() => undefined);

describe("waiting", () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
  });
  afterEach(() => {
    mock.timers.reset();
  });

  /** The error that a promise is rejected with. It is heard at once. */
  const failure = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => assert.fail("it succeeded"),
      (error: unknown) => error,
    );

  describe("until something holds", () => {
    it("gives the first answer that is one, and looks no more", async () => {
      const answers = [undefined, notYet("almost"), 0, 1];
      let looks = 0;
      const found = until(() => answers[looks++], { what: "a number is there", timeout: 10_000, interval: 1_000 });
      await pass(900);
      assert.equal(looks, 1);
      await pass(1_200);
      assert.equal(await found, 0);
      await pass(5_000);
      assert.equal(looks, 3);
    });

    it("looks once, however short the time is", async () => {
      assert.equal(await until(() => Promise.resolve("there"), { what: "it is there", timeout: 0 }), "there");
      const error = await failure(until(() => undefined, { what: "it is there", timeout: -1 }));
      assert.ok(error instanceof GaveUp);
    });

    it("gives up when the time is over, and says for what it waited and what was missing last", async () => {
      let looks = 0;
      const late = failure(until(() => notYet(`look ${++looks}`), { what: "all are there", timeout: 2_000 }));
      await pass(3_000);
      const error = await late;
      assert.ok(error instanceof GaveUp);
      assert.equal(error.message, `Gave up after 2 s of waiting until all are there: ${error.why}`);
      assert.match(error.why, /^look \d$/);
      assert.equal(error.interrupted, false);
      await pass(3_000);
      assert.equal(error.why, `look ${looks}`, "it looked after it had given up");
    });

    it("asks only at the end for a reason that costs something", async () => {
      let asked = 0;
      const why = () => Promise.resolve(`asked ${++asked} times`);
      const late = failure(
        until(() => notYet(why), { what: "it holds", timeout: 1_000, late: (said) => `No: ${said}` }),
      );
      await pass(2_000);
      assert.equal(((await late) as Error).message, "No: asked 1 times");
    });

    it("ends with the first error, unless the wait goes on despite it", async () => {
      const broken = new Error("broken");
      const fails = () => Promise.reject(broken);
      assert.equal(await failure(until(fails, { what: "it holds", timeout: 1_000 })), broken);
      const late = failure(until(fails, { what: "it holds", timeout: 1_000, despite: (error) => error === broken }));
      await pass(2_000);
      const error = await late;
      assert.ok(error instanceof GaveUp);
      assert.deepEqual([error.message, error.cause], ["Gave up after 1 s of waiting until it holds: broken", broken]);
    });

    it("ends at once when it is interrupted", async () => {
      const stop = new AbortController();
      const wait = { what: "it holds", timeout: Infinity, interval: 60_000, signal: stop.signal };
      const ended = failure(until(() => notYet("not so far"), wait));
      await settle();
      stop.abort();
      const error = await ended;
      assert.ok(error instanceof GaveUp && error.interrupted);
      assert.equal(error.message, "Interrupted while waiting until it holds: not so far");
    });

    it("may wait for longer than a timer can", async () => {
      let looks = 0;
      const found = until(() => (++looks === 3 ? "there" : undefined), { what: "it is there", timeout: 2 ** 31 });
      await pass(2_000);
      assert.equal(await found, "there");
    });
  });

  describe("for an answer", () => {
    it("gives it, and what it fails with, and leaves no timer", async () => {
      assert.equal(await within(Promise.resolve(1), 10_000, "no answer"), 1);
      await assert.rejects(within(Promise.reject(new Error("refused")), 10_000, "no answer"), /^Error: refused$/);
      const open = failure(within(never, 10_000, "no answer"));
      await pass(9_900);
      assert.equal(await Promise.race([settle().then(() => "open"), open]), "open");
      await pass(100);
      const error = await open;
      assert.ok(error instanceof GaveUp);
      assert.equal(error.message, "no answer within 10 s");
    });

    it("keeps no process alive after the answer", async () => {
      mock.timers.reset();
      const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
      // mocha starts the timer of this test once it waits.
      await settle();
      const before = timers();
      await within(Promise.resolve(1), 600_000, "no answer");
      await until(() => 1, { what: "it holds", timeout: 600_000 });
      assert.equal(timers(), before);
    });
  });
});
