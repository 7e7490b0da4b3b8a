import assert from "node:assert/strict";
import { IMAGE, labelsOf, one, parts, SCOPE } from "../../test/support/components";
import { registered } from "../../test/support/recording";
import { opsContainer, opsPod } from "./ops-pod";
import { OPS_TEMPLATE, OpsTemplate } from "./ops-template";

describe("OpsTemplate", () => {
  it("is a PodTemplate under the name that `npm run ops` expects", async () => {
    const args = { ...SCOPE, image: IMAGE, bootstrap: "kafka-bootstrap:9092" };
    const resources = await registered(() => new OpsTemplate("template", args));
    const labels = labelsOf("ops", "kafka-ops");
    assert.deepEqual(parts(resources), ["PodTemplate template"]);
    assert.equal(OPS_TEMPLATE, "ops");
    assert.deepEqual(one(resources, "PodTemplate").inputs, {
      apiVersion: "v1",
      kind: "PodTemplate",
      metadata: { name: "ops", namespace: "kafka", labels },
      template: {
        metadata: { labels },
        spec: {
          ...opsPod({}),
          activeDeadlineSeconds: 86400,
          containers: [opsContainer(args, ["status"])],
        },
      },
    });
  });
});
