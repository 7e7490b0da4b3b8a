import assert from "node:assert/strict";
import { labelsOf, one, parts, SCOPE } from "../../test/support/components";
import { registered } from "../../test/support/recording";
import { ImmutableSettingsRecord } from "./immutable-settings-record";

describe("ImmutableSettingsRecord", () => {
  it("is a ConfigMap with the settings", async () => {
    const resources = await registered(
      () => new ImmutableSettingsRecord("choices", { ...SCOPE, settings: { type: "nfs" } }),
    );
    assert.deepEqual(parts(resources), ["ConfigMap choices"]);
    assert.deepEqual(one(resources, "ConfigMap").inputs, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "stack-choices", namespace: "kafka", labels: labelsOf("choices", "kafka-stack") },
      data: { "choices.json": '{\n  "type": "nfs"\n}\n' },
    });
  });
});
