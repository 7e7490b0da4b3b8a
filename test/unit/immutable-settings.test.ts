import assert from "node:assert/strict";
import { one } from "../support/components";
import { waitsFor } from "../support/graph";
import { called } from "../support/objects";
import { recordStack, STACKS } from "../support/stacks";

const HOLDS_DATA = /:(PersistentVolume|PersistentVolumeClaim|StatefulSet|Namespace)$/;

// test/unit/guards shows what is agreed and what is refused.
describe("a change of immutable settings", () => {
  it("is agreed before anything that holds data is touched, including the namespaces", async () => {
    for (const stack of STACKS) {
      const recording = await recordStack(stack);
      const gate = one(recording.resources, "Stash", "choices-held");
      const late = recording.resources.filter(
        (resource) => HOLDS_DATA.test(resource.type) && !waitsFor(recording, resource).has(gate.urn),
      );
      assert.deepEqual(late.map(called), []);
      assert.deepEqual(
        [gate.beforeCreate, gate.beforeUpdate],
        [["choices-gate-judgement"], ["choices-gate-judgement"]],
      );
    }
  });

  it("is recorded once everything that it is about was reached", async () => {
    for (const stack of STACKS) {
      const recording = await recordStack(stack);
      const before = waitsFor(recording, one(recording.resources, "ConfigMap", "choices"));
      for (const { type, name, urn } of recording.resources) {
        if (/:(PersistentVolumeClaim|StatefulSet)$/.test(type)) assert.ok(before.has(urn), `${stack}: ${name}`);
      }
    }
  });
});
