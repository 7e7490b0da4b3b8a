import assert from "node:assert/strict";
import { redact } from "../../sandbox/engine/values";
import { called } from "./support/objects";
import { recordStack, STACKS } from "./support/stacks";

/** Every secret that a stack can have, each with a value that is found again wherever it goes. */
async function secrets(stack: string) {
  const { resources } = await recordStack(stack);
  const own = resources.some(({ type }) => type.endsWith(":Chart"));
  return {
    registry: {
      username: "pusher",
      password: "seen-registry-password",
      ...(own ? { haSharedSecret: "seen-ha-secret" } : { ca: "seen-registry-ca" }),
    },
    kchat: { token: "seen-chat-token" },
  };
}
const SEEN = /seen-[a-z-]+/;

describe("Secrets of the config", () => {
  for (const stack of STACKS) {
    it(`are in no plain input and no plain output of the stack ${stack}`, async () => {
      const { resources, outputs } = await recordStack(stack, { set: await secrets(stack) });
      const shown = resources.flatMap((resource) => {
        const found = SEEN.exec(JSON.stringify(redact(resource.marked)));
        return found ? [`${called(resource)} shows ${found[0]}`] : [];
      });
      assert.deepEqual(shown, []);
      assert.doesNotMatch(JSON.stringify(outputs), SEEN);
    });
  }

  it("reach what needs them", async () => {
    const { resources } = await recordStack("dev", { set: await secrets("dev") });
    const holders = (secret: string) =>
      resources
        .filter(({ inputs }) => JSON.stringify(inputs).includes(secret))
        .map(({ type }) => type.split(":").at(-1));
    assert.deepEqual(holders("seen-chat-token"), ["Secret"]);
    assert.deepEqual(holders("seen-ha-secret"), ["Chart"]);
    assert.ok(holders("seen-registry-password").includes("Image"));
  });
});
