import assert from "node:assert/strict";
import { RefusedError } from "../../src/ops/refused.js";
import { inTurn } from "../../src/ops/steps.js";

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
