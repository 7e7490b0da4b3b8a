import assert from "node:assert/strict";
import { one } from "../support/components";
import { waitsFor } from "../support/graph";
import { called } from "../support/objects";
import { recordStack, STACKS } from "../support/stacks";

const HOLDS_DATA = /:(PersistentVolume|PersistentVolumeClaim|StatefulSet|Namespace)$/;

// What is agreed to and what is refused is in test/unit/guards.
describe("a change of choices that cannot change once there is data", () => {
  it("is agreed to before anything that holds data is touched, the namespaces too", async () => {
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

  it("is recorded once everything was reached that it is about", async () => {
    for (const stack of STACKS) {
      const recording = await recordStack(stack);
      const before = waitsFor(recording, one(recording.resources, "ConfigMap", "choices"));
      for (const { type, name, urn } of recording.resources) {
        if (/:(PersistentVolumeClaim|StatefulSet)$/.test(type)) assert.ok(before.has(urn), `${stack}: ${name}`);
      }
    }
  });
});
