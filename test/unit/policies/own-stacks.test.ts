import { strict as assert } from "node:assert";

import { STACKS } from "../../support/stacks";
import { packConfig, resourcesOf, violations } from "./packs";

/** What the pack advises against and a stack does all the same, by stack: the policy and why. */
const known: Readonly<Record<string, readonly string[]>> = {
  // The stack follows its guide: a copy on each of four brokers, two of which must have a message.
  cndjp3: ["kafka-min-insync-replicas"],
};

describe("the project's own stacks", () => {
  for (const scrape of ["podMonitor", "annotations"]) {
    it(`production keeps every policy with monitoring by ${scrape}`, async () => {
      const set = { monitoring: { scrape, namespaces: ["monitoring"] } };
      assert.deepEqual(await violations(packConfig("production"), await resourcesOf("production", { set })), []);
    });
  }

  for (const stack of STACKS) {
    for (const [when, preview] of [
      ["as it will be", false],
      ["while nothing of it is known", true],
    ] as const) {
      it(`${stack} keeps every policy ${when}`, async () => {
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
