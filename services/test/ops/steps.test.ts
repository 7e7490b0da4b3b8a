import assert from "node:assert/strict";
import { InterruptedError, RefusedError } from "../../src/ops/refused.js";
import { inTurn, untilDone } from "../../src/ops/steps.js";

describe("ops steps", () => {
  /** Runs two steps; the first fails once for each error. */
  async function run(...errors: Error[]): Promise<{ said: string[]; ran: string[] }> {
    const said: string[] = [];
    const ran: string[] = [];
    const step = (name: string) => ({
      name,
      run: () => {
        ran.push(name);
        const error = errors.shift();
        return error ? Promise.reject(error) : Promise.resolve();
      },
    });
    await inTurn([step("brokers"), step("leaders")], (line) => said.push(line));
    return { said, ran };
  }

  it("runs them in turn, and says which", async () => {
    assert.deepEqual(await run(), { said: ["— brokers", "— leaders"], ran: ["brokers", "leaders"] });
  });

  it("retries an unexpected failure, and says why", async () => {
    const { said, ran } = await run(new Error("no idea"));
    assert.deepEqual(said, ["— brokers", "Trying again after: no idea", "— leaders"]);
    assert.equal(ran.length, 3);
  });

  it("gives up after three attempts", async () => {
    await assert.rejects(run(new Error("1"), new Error("2"), new Error("3")), /^Error: 3$/);
  });

  it("ends at a refusal", async () => {
    await assert.rejects(run(new RefusedError("No.")), /^RefusedError: No\.$/);
  });
});

describe("ops work that nobody waits for", () => {
  it("is tried again whatever it fails for, and says why", async () => {
    const errors = [new RefusedError("No."), new Error("no idea"), new RefusedError("No."), new Error("no idea")];
    const said: string[] = [];
    const run = () => Promise.reject(errors.shift() ?? new Error("done"));
    const work = () => (errors.length > 0 ? run() : Promise.resolve());
    await untilDone(work, { print: (line) => said.push(line), signal: new AbortController().signal, pauseMs: 1 });
    assert.deepEqual(
      said.map((line) => line.replace(/^.* after: /, "")),
      ["No.", "no idea", "No.", "no idea"],
    );
  });

  it("stops when it is asked to, while it works and while it waits for the next try", async () => {
    const [working, waiting] = [new AbortController(), new AbortController()];
    const print = () => {
      waiting.abort();
    };
    const stopped = () => {
      working.abort();
      return Promise.reject(new Error("no idea"));
    };
    const said: string[] = [];
    const toSaid = (line: string) => said.push(line);
    await assert.rejects(untilDone(stopped, { print: toSaid, signal: working.signal }), InterruptedError);
    assert.deepEqual(said, []);
    const failed = () => Promise.reject(new RefusedError("No."));
    await assert.rejects(untilDone(failed, { print, signal: waiting.signal }), InterruptedError);
  });
});
