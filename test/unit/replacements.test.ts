import assert from "node:assert/strict";
import { called, objects } from "../support/objects";
import { recordStack, STACKS } from "../support/stacks";

type Config = Readonly<Record<string, unknown>>;

/** Config changes that users make to a stack with data. */
const CHANGES: Config = {
  kafka: { external: { enabled: true }, heap: "300m", terminationGracePeriodSeconds: 60 },
  kchat: { enabled: false },
  operations: { jobDeadlineSeconds: 120, rebalance: { wait: false, stallSeconds: 120 } },
  scheduling: { spread: "required" },
};

const HOLDS_DATA = /:(PersistentVolume|PersistentVolumeClaim|StatefulSet|Namespace)$/;

describe("Replacements", () => {
  for (const stack of STACKS) {
    // Pulumi identifies a resource by its type, its name and its parents' types, and replaces it when its provider changes.
    it(`what holds data in the stack ${stack} keeps its identity and provider whatever settings change`, async () => {
      const before = await recordStack(stack);
      // Volumes can be deleted only on a StorageClass.
      const byClass = objects(before, "PersistentVolume").length === 0;
      const storage = { whenDeleted: "delete", whenScaled: "delete" };
      // Without such servers their storage has no effect.
      const kraft = before.resources.every(({ type }) => type !== "kafka-stack:zookeeper:Ensemble");
      const zookeeper = { storage: { type: "storageClass" } };
      const after = await recordStack(stack, {
        set: { ...CHANGES, ...(byClass && { storage }), ...(kraft && { zookeeper }) },
      });
      const now = new Map(after.resources.map((resource) => [resource.urn, resource]));
      const data = before.resources.filter(({ type }) => HOLDS_DATA.test(type));
      assert.ok(data.length > 5, "there is hardly anything that holds data");
      const moved = data.filter(({ urn, provider }) => now.get(urn)?.provider !== provider);
      assert.deepEqual(moved.map(called), []);
    });
  }
});
