import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { labelsOf, one, parts, RESOURCES, SCOPE, selectorOf } from "../../test/support/components";
import { registered } from "../../test/support/recording";
import { redact } from "kafka-stack-engine";
import { Registry, type RegistryArgs } from "./registry";

const args: RegistryArgs = {
  ...SCOPE,
  chart: "https://twuni.github.io/docker-registry.helm",
  chartVersion: "3.0.0",
  nodePort: 31500,
  size: "10Gi",
  resources: RESOURCES,
  haSharedSecret: pulumi.secret("signs-uploads"),
};
const registry = (changed: Partial<RegistryArgs> = {}) =>
  registered(() => new Registry("registry", { ...args, ...changed }));

const values = {
  service: { type: "NodePort", port: 5000, nodePort: 31500 },
  persistence: { enabled: true, size: "10Gi" },
  updateStrategy: { type: "Recreate" },
  resources: RESOURCES,
  secrets: { haSharedSecret: "signs-uploads" },
  podLabels: labelsOf("registry", "docker-registry"),
};

describe("Registry", () => {
  it("is the pinned chart of the repository, with persistence and a NodePort", async () => {
    const resources = await registry();
    assert.deepEqual(parts(resources), ["Chart registry", "NetworkPolicy registry-access"]);
    assert.deepEqual(one(resources, "Chart").inputs, {
      namespace: "kafka",
      name: "registry",
      chart: "docker-registry",
      version: "3.0.0",
      repositoryOpts: { repo: "https://twuni.github.io/docker-registry.helm" },
      values,
    });
  });

  it("accepts a chart's path, with the same values", async () => {
    for (const chart of ["/charts/docker-registry", "./charts/docker-registry"]) {
      assert.deepEqual(one(await registry({ chart }), "Chart").inputs, {
        namespace: "kafka",
        name: "registry",
        chart,
        values,
      });
    }
  });

  it("keeps its secrets out of the plain state", async () => {
    const { marked, inputs } = one(await registry({ htpasswd: pulumi.secret("pusher:$2y$05$hash") }), "Chart");
    const { secrets } = inputs["values"] as { secrets: unknown };
    assert.deepEqual(secrets, { haSharedSecret: "signs-uploads", htpasswd: "pusher:$2y$05$hash" });
    assert.doesNotMatch(JSON.stringify(redact(marked)), /signs-uploads|\$hash/);
  });

  it("puts its volume on a class when one is named", async () => {
    const { inputs } = one(await registry({ className: "fast" }), "Chart");
    assert.deepEqual((inputs["values"] as { persistence: unknown }).persistence, {
      enabled: true,
      size: "10Gi",
      storageClass: "fast",
    });
  });

  it("lets anyone in on its single port, because nodes connect from outside the network", async () => {
    assert.deepEqual(one(await registry(), "NetworkPolicy").inputs["spec"], {
      podSelector: { matchLabels: selectorOf("registry") },
      policyTypes: ["Ingress"],
      ingress: [{ ports: [{ port: 5000, protocol: "TCP" }] }],
    });
  });
});
