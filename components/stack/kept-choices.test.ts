import assert from "node:assert/strict";
import { one, parts, SCOPE } from "../../test/unit/support/components";
import { registered } from "../../test/unit/support/recording";
import { KeptChoices } from "./kept-choices";

const kept = (choices: unknown) =>
  registered(() => new KeptChoices("choices", { ...SCOPE, choices, refusals: () => [], help: "read on" }));

// That the engine calls the hook, and what it says then, is in test/unit/kept-choices.test.ts.
describe("KeptChoices", () => {
  it("is a ConfigMap with the choices, and a hook that is called before it changes", async () => {
    const resources = await kept({ type: "nfs" });
    assert.deepEqual(parts(resources), ["ConfigMap choices"]);
    const { inputs, beforeUpdate } = one(resources, "ConfigMap");
    assert.deepEqual(inputs["data"], { "choices.json": '{\n  "type": "nfs"\n}\n' });
    assert.deepEqual(beforeUpdate, ["choices-refusal"]);
  });
});
