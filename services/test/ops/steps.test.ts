import assert from "node:assert/strict";
import { RefusedError } from "../../src/ops/refused.js";
import { inTurn } from "../../src/ops/steps.js";

describe("ops steps", () => {
  /** Runs two steps; the first fails as often as there are errors. */
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

  it("runs one after the other, and says which", async () => {
    assert.deepEqual(await run(), { said: ["— brokers", "— leaders"], ran: ["brokers", "leaders"] });
  });

  it("tries again what failed unexpectedly, and says why", async () => {
    const { said, ran } = await run(new Error("no idea"));
    assert.deepEqual(said, ["— brokers", "Trying again after: no idea", "— leaders"]);
    assert.equal(ran.length, 3);
  });

  it("gives up after three tries", async () => {
    await assert.rejects(run(new Error("1"), new Error("2"), new Error("3")), /^Error: 3$/);
  });

  it("takes a refusal for the end", async () => {
    await assert.rejects(run(new RefusedError("No.")), /^RefusedError: No\.$/);
  });
});
