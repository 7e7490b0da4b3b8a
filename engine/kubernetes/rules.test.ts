import assert from "node:assert/strict";
import { isClusterScoped } from "kafka-stack-kubernetes-facts";
import type { PropertyMap } from "../values";
import type { KubeClient, KubeObject } from "./client";
import { pluralOf } from "./kinds";
import { ruleFor } from "./rules";

function object(kind: string, spec: PropertyMap, status: PropertyMap, apiVersion = "apps/v1"): KubeObject {
  return { apiVersion, kind, metadata: { name: "a", namespace: "default", generation: 2 }, spec, status };
}

/** A cluster in which every list is `items` and every object `item`. */
function clusterWith(items: unknown[], item?: unknown): KubeClient {
  return { list: () => Promise.resolve(items), get: () => Promise.resolve(item) } as unknown as KubeClient;
}

async function verdict(live: KubeObject, client = clusterWith([])): Promise<string> {
  const found = await ruleFor(live)?.(live, client);
  assert.ok(found);
  return found.state === "ready" ? "ready" : `${found.state}: ${found.reason}`;
}

describe("engine: when Kubernetes objects are ready", () => {
  const done = { observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 3, readyReplicas: 3 };
  const revisions = { currentRevision: "x", updateRevision: "x" };

  it("a Deployment when all its pods are of the new version, available, and no old one is left", async () => {
    assert.equal(await verdict(object("Deployment", { replicas: 3 }, done)), "ready");
    for (const behind of [
      { observedGeneration: 1 },
      { updatedReplicas: 2 },
      { availableReplicas: 2 },
      { replicas: 4 },
    ]) {
      assert.match(
        await verdict(object("Deployment", { replicas: 3 }, { ...done, ...behind })),
        /^waiting: \d of 3 pods/,
      );
    }
    const conditions = [
      { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "too slow" },
    ];
    assert.equal(await verdict(object("Deployment", { replicas: 3 }, { ...done, conditions })), "failed: too slow");
  });

  it("a StatefulSet when all its pods are ready and of the new revision", async () => {
    assert.equal(await verdict(object("StatefulSet", { replicas: 3 }, { ...done, ...revisions })), "ready");
    const rolling = { ...done, ...revisions, updateRevision: "y", updatedReplicas: 1 };
    assert.equal(
      await verdict(object("StatefulSet", { replicas: 3 }, rolling)),
      "waiting: 3 of 3 pods ready, 1 of them updated",
    );
    // Reverted half-way: the old revision is current again before its pods are.
    assert.match(
      await verdict(object("StatefulSet", { replicas: 3 }, { ...done, ...revisions, updatedReplicas: 2 })),
      /^waiting: 3 of 3 pods ready, 2 of them updated/,
    );
    const onDelete = { replicas: 3, updateStrategy: { type: "OnDelete" } };
    assert.equal(await verdict(object("StatefulSet", onDelete, rolling)), "ready");
    assert.match(await verdict(object("StatefulSet", { replicas: 2 }, { ...done, ...revisions })), /^waiting: 3 of 2/);
  });

  it("says which pods are not ready, and why", async () => {
    const pod = (name: string, status: object) => ({ metadata: { name }, status });
    const waiting = { name: "c", state: { waiting: { reason: "ImagePullBackOff" } } };
    const pods = [
      pod("a-0", { conditions: [{ type: "Ready", status: "True" }] }),
      pod("a-1", { containerStatuses: [waiting] }),
      pod("a-2", { conditions: [{ type: "PodScheduled", status: "False", message: "no memory" }] }),
    ];
    const live = object("StatefulSet", { replicas: 3, selector: { matchLabels: { app: "a" } } }, { readyReplicas: 1 });
    assert.equal(
      await verdict(live, clusterWith(pods)),
      "waiting: 1 of 3 pods ready (a-1 ImagePullBackOff, a-2 is not scheduled (no memory))",
    );
  });

  it("shows the last words of an ended container or of the kubelet", async () => {
    const message = "starting\nException: the disk is full\n\tat a.b.C(D.java:1)\n\t... 3 more\n";
    const terminated = { exitCode: 1, message };
    const crashed = { name: "c", state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: { terminated } };
    const image = { name: "c", state: { waiting: { reason: "ErrImagePull", message: "not found" } } };
    const pods = [crashed, image].map((status, index) => ({
      metadata: { name: `a-${index}` },
      status: { containerStatuses: [status] },
    }));
    const live = object("StatefulSet", { replicas: 2, selector: { matchLabels: { app: "a" } } }, {});
    assert.match(
      await verdict(live, clusterWith(pods)),
      /\(a-0 CrashLoopBackOff: Exception: the disk is full, a-1 ErrImagePull: not found\)$/,
    );
  });

  it("a Job when it is complete; a failed one never", async () => {
    const job = (type: string) =>
      object("Job", {}, { conditions: [{ type, status: "True", message: "why" }] }, "batch/v1");
    assert.equal(await verdict(job("Complete")), "ready");
    assert.equal(await verdict(job("Failed")), "failed: why");
    assert.equal(await verdict(job("Suspended")), "waiting: waiting for the Job to complete");
  });

  it("a claim when it is bound, or its class binds it to its first pod", async () => {
    const claim = (phase: string) => object("PersistentVolumeClaim", { storageClassName: "standard" }, { phase }, "v1");
    assert.equal(await verdict(claim("Bound")), "ready");
    const mode = (volumeBindingMode: string) => clusterWith([], { volumeBindingMode });
    assert.equal(await verdict(claim("Pending"), mode("WaitForFirstConsumer")), "ready");
    assert.equal(await verdict(claim("Pending"), mode("Immediate")), "waiting: the claim is pending");
  });

  it("a Service when none of its pods is unready", async () => {
    const service = (spec: PropertyMap) => object("Service", spec, {}, "v1");
    const slice = (...ready: boolean[]) =>
      clusterWith([{ endpoints: ready.map((one) => ({ conditions: { ready: one } })) }]);
    assert.equal(await verdict(service({ selector: { app: "a" } }), slice(true, true)), "ready");
    assert.equal(
      await verdict(service({ selector: { app: "a" } }), slice(true, false)),
      "waiting: 1 of 2 of its pods are not ready",
    );
    assert.equal(await verdict(service({ selector: { app: "a" } }), slice()), "ready");
    assert.equal(await verdict(service({ selector: { app: "a" }, clusterIP: "None" }), slice(false)), "ready");
    assert.equal(await verdict(service({ type: "LoadBalancer" })), "waiting: no load balancer address yet");
  });

  it("a kind without a rule is ready when it exists", () => {
    assert.equal(ruleFor(object("ConfigMap", {}, {}, "v1")), undefined);
  });
});

describe("engine: kinds without a cluster to ask", () => {
  it("plurals", () => {
    const plurals = ["Service", "NetworkPolicy", "Ingress", "StorageClass", "Endpoints", "Gateway"].map(pluralOf);
    assert.deepEqual(plurals, ["services", "networkpolicies", "ingresses", "storageclasses", "endpoints", "gateways"]);
  });

  it("scopes", () => {
    assert.ok(isClusterScoped("PersistentVolume"));
    assert.ok(!isClusterScoped("PersistentVolumeClaim"));
  });
});
