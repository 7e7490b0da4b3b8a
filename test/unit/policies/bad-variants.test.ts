import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { policies } from "../../../policy/policies";
import { badVariants } from "./bad-variants.cases";
import { packConfig, resourcesOf, violations } from "./packs";

const state = mkdtempSync(join(tmpdir(), "policies-"));

describe("a stack with one fault", () => {
  before(async () => {
    // The original of each stack, because one policy compares with it.
    for (const stack of new Set(badVariants.map((variant) => variant.stack))) {
      const resources = (await resourcesOf(stack)).map(({ props, ...resource }) => ({ ...resource, inputs: props }));
      writeFileSync(join(state, `${stack}.json`), JSON.stringify({ deployment: { resources } }));
    }
  });

  after(() => {
    rmSync(state, { recursive: true });
  });

  for (const { title, policy, also = [], stack, mutate } of badVariants) {
    it(`${stack} with ${title} is found by ${[policy, ...also].join(" and ")} and by no other policy`, async () => {
      const resources = await resourcesOf(stack);
      mutate(resources);
      const config = {
        ...packConfig(stack),
        "data-volume-not-replaced": { enforcementLevel: "mandatory" as const, stateFile: join(state, "{stack}.json") },
      };
      const found = await violations(config, resources);
      assert.deepEqual(
        [...new Set(found.map((violation) => violation.policy))].sort(),
        [policy, ...also].sort(),
        found.map(({ message }) => message).join("\n"),
      );
    });
  }

  it("exists for every policy", () => {
    const tried = new Set(badVariants.map(({ policy }) => policy));
    assert.deepEqual(
      policies.map(({ name }) => name).filter((name) => !tried.has(name)),
      [],
    );
  });
});
