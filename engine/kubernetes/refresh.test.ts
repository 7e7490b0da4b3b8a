import assert from "node:assert/strict";
import { isSecret, secret, type PropertyMap } from "../values";
import type { KubeClient, KubeObject } from "./client";
import { ApiError } from "./http";
import { refreshed } from "./refresh";

const declared: PropertyMap = {
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "broker", namespace: "kafka", labels: { app: "a" } },
  spec: { replicas: 3, template: { spec: { containers: [{ name: "c", resources: { memory: "1024Mi" } }] } } },
};

const fields = { "f:spec": { "f:replicas": {} } };

/** The object as the server keeps it: with defaults, quantities in their shortest form, and its bookkeeping. */
function live(replicas: number, more: object = {}): KubeObject {
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: {
      name: "broker",
      namespace: "kafka",
      uid: "u",
      resourceVersion: "7",
      labels: { app: "a", added: "by somebody" },
      managedFields: [
        { manager: "kafka-stack", fieldsV1: fields },
        { manager: "kubectl", subresource: "scale", fieldsV1: fields },
        { manager: "kube-controller-manager", fieldsV1: { "f:status": {} } },
      ],
    },
    spec: {
      replicas,
      podManagementPolicy: "Parallel",
      template: { spec: { containers: [{ name: "c", resources: { memory: "1Gi" } }], dnsPolicy: "ClusterFirst" } },
    },
    status: { observedGeneration: 0, replicas, readyReplicas: replicas, updatedReplicas: replicas },
    ...more,
  };
}

const nobody = { list: () => Promise.resolve([]) } as unknown as KubeClient;
const gives = (object: KubeObject) => () => Promise.resolve(object);

describe("engine: the drift of a Kubernetes object", () => {
  it("is empty when the server only added fields and normalised quantities", async () => {
    const found = await refreshed(nobody, live(3), declared, gives(live(3)));
    assert.deepEqual([found?.drift, found?.inputs, found?.readiness], [[], declared, "ready"]);
  });

  it("needs no request when every declared field is live as declared", async () => {
    const inputs = { ...declared, spec: { replicas: 3 } };
    const found = await refreshed(nobody, live(3), inputs, () => Promise.reject(new Error("asked")));
    assert.deepEqual(found?.drift, []);
  });

  it("is a field that somebody else set, with their name", async () => {
    const found = await refreshed(nobody, live(2), declared, gives(live(3)));
    assert.deepEqual(found?.drift, [{ path: ["spec", "replicas"], managers: ["kubectl"] }]);
    assert.equal((found.inputs["spec"] as PropertyMap)["replicas"], 2);
    assert.deepEqual((found.inputs["spec"] as PropertyMap)["template"], (declared["spec"] as PropertyMap)["template"]);
  });

  it("is a field that somebody else removed, and a list as a whole", async () => {
    const without = live(3, { metadata: { ...live(3).metadata, labels: { added: "by somebody" } } });
    const gone = await refreshed(nobody, without, declared, gives(live(3)));
    assert.deepEqual(
      gone?.drift.map(({ path }) => path.join(".")),
      ["metadata.labels.app"],
    );
    assert.deepEqual((gone.inputs["metadata"] as PropertyMap)["labels"], {});
    const inputs = { ...declared, spec: { list: [{ name: "a" }, { name: "b" }] } };
    const [one, two] = [live(3, { spec: { list: [{ name: "a" }] } }), live(3, { spec: inputs.spec })];
    const shorter = await refreshed(nobody, one, inputs, gives(two));
    assert.deepEqual(
      shorter?.drift.map(({ path }) => path.join(".")),
      ["spec.list"],
    );
    assert.deepEqual(shorter.inputs["spec"], { list: [{ name: "a" }] });
  });

  it("keeps secrets secret", async () => {
    const inputs = { ...declared, data: secret({ password: "mine" }) };
    const [now, again] = [live(3, { data: { password: "theirs" } }), live(3, { data: { password: "mine" } })];
    const found = await refreshed(nobody, now, inputs, gives(again));
    assert.deepEqual(
      found?.drift.map(({ path }) => path.join(".")),
      ["data.password"],
    );
    assert.ok(isSecret(found.inputs["data"] ?? null));
  });

  it("is the whole object when the declared one cannot be applied to it", async () => {
    const refuse = () => Promise.reject(new ApiError("field is immutable", 422, "Invalid"));
    const found = await refreshed(nobody, live(2), declared, refuse);
    assert.ok(found?.drift.some(({ path }) => path.join(".") === "spec.replicas"));
    const forbid = () => Promise.reject(new ApiError("not allowed", 403, "Forbidden"));
    await assert.rejects(refreshed(nobody, live(2), declared, forbid), /not allowed/);
  });

  it("is unknown when the object changed during the request", async () => {
    const later = live(3, { metadata: { ...live(3).metadata, resourceVersion: "8" } });
    assert.equal(await refreshed(nobody, live(2), declared, gives(later)), undefined);
  });

  it("comes with whether the object is ready, unless nobody should wait for it", async () => {
    const status = { observedGeneration: 0, replicas: 3, readyReplicas: 2, updatedReplicas: 3 };
    const found = await refreshed(nobody, live(3, { status }), declared, gives(live(3, { status })));
    assert.deepEqual(found?.readiness, { notReady: "2 of 3 pods ready" });
    const metadata = { ...live(3).metadata, annotations: { "pulumi.com/skipAwait": "true" } };
    const skipped = live(3, { status, metadata });
    assert.equal((await refreshed(nobody, skipped, declared, gives(skipped)))?.readiness, undefined);
  });
});
