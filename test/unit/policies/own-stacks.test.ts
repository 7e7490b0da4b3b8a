import { strict as assert } from "node:assert";

import { STACKS } from "../../support/stacks";
import { packConfig, resourcesOf, violations } from "./packs";

/** Known violations of each stack: the policy and why. */
const known: Readonly<Record<string, readonly string[]>> = {
  // The stack follows its guide: a replica on each of four brokers, two of which must be in sync.
  cndjp3: ["kafka-min-insync-replicas"],
};

describe("the project's own stacks", () => {
  for (const scrape of ["podMonitor", "annotations"]) {
    it(`production violates no policy with monitoring by ${scrape}`, async () => {
      const set = { monitoring: { scrape, namespaces: ["monitoring"] } };
      assert.deepEqual(await violations(packConfig("production"), await resourcesOf("production", { set })), []);
    });
  }

  it("production that is closed, with users and a listener outside, violates no policy but that of NodePorts", async () => {
    const set = {
      listeners: { internal: { authentication: "tls" } },
      kafka: { external: { enabled: true, host: "kafka.example.com" } },
      users: [{ name: "orders", rights: [{ topic: "chatroom", groupPrefix: "orders", allow: ["consume"] }] }],
    };
    const found = await violations(packConfig("production"), await resourcesOf("production", { set }));
    assert.deepEqual([...new Set(found.map(({ policy }) => policy))].sort(), [
      "server-ingress-from-known",
      "service-type-allowed",
    ]);
  });

  for (const stack of STACKS) {
    for (const [when, preview] of [
      ["with its outputs", false],
      ["with unknown outputs", true],
    ] as const) {
      it(`${stack} violates no policy ${when}`, async () => {
        const all = await violations(packConfig(stack), await resourcesOf(stack, { preview }));
        const found = all.filter(({ level, policy }) => level === "mandatory" || !known[stack]?.includes(policy));
        assert.deepEqual(
          found.map(({ level, policy, message }) => `${level} ${policy}: ${message}`),
          [],
        );
      });
    }
  }
});
