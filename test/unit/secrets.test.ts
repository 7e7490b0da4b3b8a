import assert from "node:assert/strict";
import { redact } from "kafka-stack-engine";
import { called, workloads } from "../support/objects";
import { recordStack, STACKS } from "../support/stacks";

/** Every secret that a stack can have, each with a recognisable value. */
async function secrets(stack: string) {
  const { resources } = await recordStack(stack);
  const own = resources.some(({ type }) => type.endsWith(":Chart"));
  return {
    registry: {
      username: "pusher",
      password: "seen-registry-password",
      ...(own
        ? { haSharedSecret: "seen-ha-secret" }
        : { ca: "-----BEGIN CERTIFICATE-----\nseen-registry-ca\n-----END CERTIFICATE-----" }),
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

  it("reach those that need them", async () => {
    const { resources } = await recordStack("dev", { set: await secrets("dev") });
    const holders = (secret: string) =>
      resources
        .filter(({ inputs }) => JSON.stringify(inputs).includes(secret))
        .map(({ type }) => type.split(":").at(-1));
    assert.deepEqual(holders("seen-chat-token"), ["Secret"]);
    assert.deepEqual(holders("seen-ha-secret"), ["Chart"]);
    assert.deepEqual(holders("seen-registry-password").sort(), ["Image", "Image", "Secret", "Secret"]);
    assert.deepEqual(holders("pusher:$2b$10$"), ["Chart"]);
  });

  it("let every pod pull from a registry that asks for a password, unless nodes have their own identity", async () => {
    for (const stack of STACKS) {
      const set = await secrets(stack);
      const pods = workloads(await recordStack(stack, { set }));
      const without = pods.filter(({ pod }) => pod.imagePullSecrets?.[0]?.name !== "registry-pull");
      assert.ok(pods.length > 5, "there are hardly any pods");
      assert.deepEqual(
        without.map(({ resource }) => called(resource)),
        [],
      );
      const byNode = await recordStack(stack, {
        set: { ...set, registry: { ...set.registry, pullWithPassword: false } },
      });
      assert.deepEqual(
        workloads(byNode).flatMap(({ pod }) => pod.imagePullSecrets ?? []),
        [],
      );
      assert.equal(byNode.resources.filter(({ type }) => type === "kafka-stack:registry:PullSecret").length, 0);
    }
  });
});
