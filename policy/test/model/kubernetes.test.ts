import { strict as assert } from "node:assert";
import { describe, it } from "mocha";

import { parseImage } from "../../model/image";
import { parseQuantity } from "../../kubernetes-facts";
import { display, isNamedBy, kubernetesResource } from "../../model/resource";
import { selects } from "../../model/selector";
import { Value } from "../../model/value";
import { workloadOf } from "../../model/workload";
import { persistentVolume, resource, unknown } from "../builders";

describe("parseQuantity", () => {
  for (const [text, number] of [
    ["250m", 0.25],
    ["1.5Gi", 1.5 * 2 ** 30],
    ["3k", 3000],
    ["2e3", 2000],
    ["1E", 1e18],
    ["128Mi", 2 ** 27],
    ["0", 0],
  ] as const) {
    it(`reads ${text}`, () => {
      assert.equal(parseQuantity(text), number);
    });
  }

  it("refuses what is not a quantity", () => {
    assert.deepEqual(["", "Gi", "1 Gi", "1GB", "-1"].map(parseQuantity), Array(5).fill(undefined));
  });
});

describe("parseImage", () => {
  for (const [name, registry, repository, tag, digest] of [
    ["registry", "docker.io", "library/registry", undefined, undefined],
    ["bitnami/kafka:4", "docker.io", "bitnami/kafka", "4", undefined],
    ["localhost:31500/kafka@sha256:ab", "localhost:31500", "kafka", undefined, "sha256:ab"],
    ["localhost/a/b:1@sha256:ab", "localhost", "a/b", "1", "sha256:ab"],
    ["quay.io/strimzi/kafka:1.0", "quay.io", "strimzi/kafka", "1.0", undefined],
  ] as const) {
    it(`takes ${name} apart`, () => {
      assert.deepEqual(parseImage(name), { registry, repository, tag, digest });
    });
  }
});

describe("selects", () => {
  const labels = { app: "kafka", tier: "data", later: unknown };
  const expression = (operator: string, key: string, values?: readonly string[]) => ({
    matchExpressions: [{ key, operator, values }],
  });
  for (const [title, selector, answer] of [
    ["everything with an empty selector", {}, true],
    ["by label", { matchLabels: { app: "kafka" } }, true],
    ["not by another value", { matchLabels: { app: "kafka", tier: "web" } }, false],
    ["In", expression("In", "app", ["a", "kafka"]), true],
    ["NotIn", expression("NotIn", "app", ["kafka"]), false],
    ["NotIn for a label that is absent", expression("NotIn", "zone", ["a"]), true],
    ["Exists", expression("Exists", "zone"), false],
    ["DoesNotExist", expression("DoesNotExist", "zone"), true],
    ["nothing certain by an unknown label", { matchLabels: { later: "x" } }, undefined],
    ["surely not when a known label differs", { matchLabels: { later: "x", app: "no" } }, false],
    ["nothing certain by an unknown value", { matchLabels: { app: unknown } }, undefined],
    ["nothing certain by an unknown operator", expression("Gt", "app", ["1"]), undefined],
  ] as const) {
    it(title, () => {
      assert.equal(selects(Value.of(selector), Value.of(labels)), answer);
    });
  }
});

describe("kubernetesResource", () => {
  it("ignores other resources", () => {
    assert.equal(kubernetesResource(resource("docker:index/image:Image", "image", {})), undefined);
    assert.equal(kubernetesResource(resource("kafka-stack:kafka:KafkaCluster", "kafka", {})), undefined);
  });

  it("names an object by kind, namespace and name", () => {
    const objects = [
      persistentVolume(),
      resource("kubernetes:core/v1:Service", "generated", {}),
      resource("kubernetes:core/v1:Service", "service", { metadata: { name: unknown, namespace: unknown } }),
      resource("kubernetes:helm.sh/v4:Chart", "chart", { namespace: "registry" }),
    ].map((object) => kubernetesResource(object));
    assert.deepEqual(
      objects.map((object) => object && display(object)),
      [
        "PersistentVolume data-broker-0",
        "Service default/generated",
        "Service (unknown)/service",
        "Chart registry/chart",
      ],
    );
  });
});

describe("workloadOf", () => {
  const spec = { containers: [{ name: "main" }], initContainers: [{ name: "first" }] };
  for (const [type, props] of [
    ["core/v1:Pod", { spec }],
    ["core/v1:PodTemplate", { template: { spec } }],
    ["apps/v1:DaemonSet", { spec: { template: { spec } } }],
    ["batch/v1:CronJob", { spec: { jobTemplate: { spec: { template: { spec } } } } }],
  ] as const) {
    it(`finds the containers of a ${type}`, () => {
      const object = kubernetesResource(resource(`kubernetes:${type}`, "name", props));
      const workload = object && workloadOf(object);
      assert.deepEqual(
        workload?.containers.map(({ name, init }) => [name, init]),
        [
          ["first", true],
          ["main", false],
        ],
      );
    });
  }

  it("does not confuse custom resources of the same names", () => {
    const object = kubernetesResource(resource("kubernetes:example.org/v1:Deployment", "name", { spec: {} }));
    assert.equal(object && workloadOf(object), undefined);
  });
});

describe("isNamedBy", () => {
  const named = (patterns: readonly string[], namespace?: string) => {
    const object = kubernetesResource(resource("kubernetes:core/v1:Service", "web", { metadata: { namespace } }));
    return object && isNamedBy(patterns, object);
  };

  it("compares namespace and name", () => {
    assert.equal(named(["kafka/web", "x"], "kafka"), true);
    assert.equal(named(["*-volumes/*"], "kafka-volumes"), true);
    assert.equal(named(["other/*", "web"], "kafka"), false);
  });

  it("compares only the name while the namespace is unknown", () => {
    assert.equal(named(["other/we*"], unknown), true);
    assert.equal(named(["other/x"], unknown), false);
  });
});
