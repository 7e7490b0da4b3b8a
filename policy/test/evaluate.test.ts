import type { PolicyPackConfig } from "@pulumi/policy";
import { strict as assert } from "node:assert";
import { describe, it } from "mocha";

import { evaluate } from "../evaluate";
import { gracePeriodMinimum, workloadHasDisruptionBudget } from "../rules/availability";
import { deployment, statefulSet } from "./builders";

const hasty = deployment({ pod: { terminationGracePeriodSeconds: 10 } });

/** Policy and level of each violation. */
async function found(config: PolicyPackConfig): Promise<string[]> {
  const violations = await evaluate([gracePeriodMinimum, workloadHasDisruptionBudget], config, [hasty, statefulSet()]);
  return violations.map(({ policy, level, urn }) => `${level} ${policy} ${urn === hasty.urn ? "hasty" : "other"}`);
}

describe("evaluate", () => {
  it("treats a policy that the config does not name as mandatory", async () => {
    assert.deepEqual(await found({}), [
      "mandatory grace-period-minimum hasty",
      "mandatory workload-has-disruption-budget hasty",
      "mandatory workload-has-disruption-budget other",
    ]);
  });

  it("accepts a level alone, a level with settings, and a level for all others", async () => {
    const settings = { enforcementLevel: "mandatory" as const, minSeconds: 5 };
    assert.deepEqual(await found({ all: "disabled", "grace-period-minimum": "advisory" }), [
      "advisory grace-period-minimum hasty",
    ]);
    assert.deepEqual(await found({ all: "disabled", "grace-period-minimum": settings }), []);
  });

  it("skips exempt objects, in resource and stack policies", async () => {
    assert.deepEqual(
      await found({
        "grace-period-minimum": { exempt: ["kafka/kproducer"] },
        "workload-has-disruption-budget": { exempt: ["kafka/br*"] },
      }),
      ["mandatory workload-has-disruption-budget hasty"],
    );
  });
});
