import assert from "node:assert/strict";
import { labelsOf, one, parts } from "../../test/support/components";
import { record, registered } from "../../test/support/recording";
import { SecuredNamespace, type SecuredNamespaceArgs } from "./namespace";

const args: SecuredNamespaceArgs = { name: "kafka", instance: "test" };
const labels = labelsOf("namespace", "kafka-stack");

describe("SecuredNamespace", () => {
  it("is a Namespace that enforces `restricted`, and a policy that denies all ingress", async () => {
    const resources = await registered(() => new SecuredNamespace("main", args));
    assert.deepEqual(parts(resources), ["Namespace main", "NetworkPolicy main-default-deny"]);
    assert.deepEqual(one(resources, "Namespace").inputs, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: {
        name: "kafka",
        annotations: { "kafka-stack/stack": "kafka-stack/test" },
        labels: { ...labels, "pod-security.kubernetes.io/enforce": "restricted" },
      },
    });
    assert.deepEqual(one(resources, "NetworkPolicy").inputs, {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "default-deny", namespace: "kafka", labels },
      spec: { podSelector: {}, policyTypes: ["Ingress"] },
    });
  });

  it("is deleted with the stack, unless it contains retained objects", async () => {
    const retained = async (retain?: boolean) => {
      const resources = await registered(
        () => new SecuredNamespace("main", { ...args, ...(retain !== undefined && { retain }) }),
      );
      return one(resources, "Namespace").retainOnDelete;
    };
    assert.deepEqual([await retained(), await retained(false), await retained(true)], [false, false, true]);
  });

  it("is looked up before it is created or changed, where there is a cluster to ask", async () => {
    const hooks = async (more: Partial<SecuredNamespaceArgs>) => {
      const resources = await registered(() => new SecuredNamespace("main", { ...args, ...more }));
      const { beforeCreate, beforeUpdate } = one(resources, "Namespace");
      return [...beforeCreate, ...beforeUpdate];
    };
    assert.deepEqual(await hooks({}), []);
    assert.deepEqual(await hooks({ cluster: {} }), ["main-foreign", "main-foreign"]);
  });

  it("enforces another standard on request", async () => {
    const resources = await registered(() => new SecuredNamespace("main", { ...args, podSecurity: "privileged" }));
    const { labels: given } = one(resources, "Namespace").inputs["metadata"] as { labels: Record<string, string> };
    assert.equal(given["pod-security.kubernetes.io/enforce"], "privileged");
  });

  it("passes on its name, so that others wait for it", async () => {
    const { outputs } = await record(() => ({ namespace: new SecuredNamespace("main", args).namespace }));
    assert.equal(outputs["namespace"], "kafka");
  });
});
