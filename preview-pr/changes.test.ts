import { strict as assert } from "node:assert";

import { secret } from "kafka-stack-engine";
import { compareStacks, pathsOf } from "./changes";
import type { RecordedResource } from "./recorder";
import { brokers, configMap, deployment, job, object, recorded, volume } from "./recorded";

/** What happens to the only resource, and where it differs. */
function compare(before: RecordedResource, after: RecordedResource, others: readonly RecordedResource[] = []) {
  return compareStacks([before, ...others], [after, ...others]).map((change) => [
    change.operation,
    ...("properties" in change ? pathsOf(change.properties) : []),
  ]);
}

describe("compareStacks", () => {
  it("finds nothing when nothing differs", () => {
    assert.deepEqual(compareStacks([brokers(), job("a")], [job("a"), brokers()]), []);
  });

  it("reports what is added and removed", () => {
    const changes = compareStacks([brokers()], [deployment("a")]);
    assert.deepEqual(
      changes.map(({ operation }) => operation),
      ["delete", "create"],
    );
  });

  it("identifies list elements by name, so that a new one shifts no other", () => {
    const [few, more] = [brokers({}, { B: "1" }), brokers({}, { A: "0", B: "2" })];
    assert.deepEqual(compare(few, more), [
      ["update", "spec.template.spec.containers.kafka.env.B.value", "spec.template.spec.containers.kafka.env.A"],
    ]);
  });

  it("sees when only the order of a list differs", () => {
    const [one, other] = [brokers({}, { A: "0", B: "1" }), brokers({}, { B: "1", A: "0" })];
    assert.equal(compare(one, other)[0]?.[1], "spec.template.spec.containers[0].env[0].name");
  });

  for (const [title, before, after, operation] of [
    ["updates a StatefulSet in place", brokers(), brokers({ replicas: 4 }), "update"],
    [
      "replaces a StatefulSet whose claim templates differ",
      brokers(),
      brokers({ volumeClaimTemplates: [] }),
      "replace",
    ],
    ["replaces a Job whose pod differs", job("a"), job("b"), "replace"],
    ["replaces a volume that is elsewhere", volume("a"), volume("b"), "replace"],
    ["updates a volume that grows", volume("a"), volume("a", { capacity: { storage: "20Gi" } }), "update"],
    ["replaces a ConfigMap", configMap("a", "k", "1"), configMap("a", "k", "2"), "replace"],
    [
      "replaces what moves to another namespace",
      object("core/v1:Service", "s", {}),
      recorded("kubernetes:core/v1:Service", "s", { metadata: { name: "s", namespace: "other" } }),
      "replace",
    ],
    [
      "replaces what the program wants replaced",
      recorded("docker:index/image:Image", "i", { imageName: "a" }),
      recorded("docker:index/image:Image", "i", { imageName: "b" }, { replaceOnChanges: ["imageName"] }),
      "replace",
    ],
  ] as const) {
    it(title, () => {
      assert.equal(compare(before, after)[0]?.[0], operation);
    });
  }

  it("updates a ConfigMap in place where its provider can", () => {
    const provider = recorded("pulumi:providers:kubernetes", "p", { enableConfigMapMutable: "true" });
    const options = { provider: provider.urn };
    const [before, after] = [configMap("a", "k", "1", options), configMap("a", "k", "2", options)];
    assert.deepEqual(compare(before, after, [provider]), [["update", "data.k"]]);
  });

  it("follows a resource that was renamed", () => {
    const renamed = { ...brokers(), urn: "urn:pulumi:dev::project::new::broker", aliases: [brokers().urn] };
    assert.deepEqual(compare(brokers(), renamed), []);
  });

  it("ignores what the program ignores", () => {
    const ignoring = { ...deployment("b"), ignoreChanges: ["spec.template.spec.containers[0].image", "spec.replicas"] };
    const scaled = { ...deployment("a", { replicas: 5 }), ignoreChanges: ["spec.replicas"] };
    assert.deepEqual(compare(deployment("a"), scaled), []);
    assert.deepEqual(compare(deployment("a"), ignoring), []);
  });

  it("compares Helm charts, but not the program's own components", () => {
    const chart = (version: string) => recorded("kubernetes:helm.sh/v4:Chart", "c", { version });
    const component = (size: number) => recorded("kafka-stack:kafka:Kafka", "k", { size }, { managed: false });
    assert.deepEqual(compare(chart("1"), chart("2")), [["update", "version"]]);
    assert.deepEqual(compare(component(1), component(2)), []);
  });

  it("reports that a secret changes, and hides it", () => {
    const withSecret = (value: string) => object("core/v1:Secret", "s", { stringData: { password: secret(value) } });
    const [change] = compareStacks([withSecret("a")], [withSecret("b")]);
    assert.ok(change !== undefined && "properties" in change);
    assert.deepEqual(
      change.properties.map((property) => property.secret),
      [true],
    );
  });
});
