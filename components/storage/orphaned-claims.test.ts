import assert from "node:assert/strict";
import { eachWithCluster } from "../../test/support/each-with-cluster";
import type { KubeObject } from "kafka-stack-engine";
import { deleteOrphanedClaim } from "./orphaned-claims";

const PATH = "/api/v1/namespaces/kafka/persistentvolumeclaims/data-0-broker-3";

describe("a claim in the way of one with a volume", function () {
  // The first test loads the client.
  this.timeout(60_000);
  const given = eachWithCluster();

  const there = (spec: object, labels: object) => {
    const claim = {
      kind: "PersistentVolumeClaim",
      metadata: { name: "data-0-broker-3", namespace: "kafka", uid: "old", resourceVersion: "1", labels },
      spec,
    };
    given.cluster.objects.set(PATH, claim as unknown as KubeObject);
  };
  const selected = { "app.kubernetes.io/instance": "dev", "app.kubernetes.io/component": "broker" };
  const made = { ...selected, "app.kubernetes.io/part-of": "kafka-stack" };

  for (const [what, spec, labels, goes] of [
    ["a StatefulSet created for a server that is gone", {}, selected, true],
    ["a StatefulSet created, and that has a volume", { volumeName: "pv" }, selected, false],
    ["the stack created", {}, made, false],
  ] as const) {
    it(`${goes ? "is deleted" : "stays"} when it is one that ${what}`, async () => {
      there(spec, labels);
      assert.equal(await deleteOrphanedClaim(given.access, "kafka", "data-0-broker-3"), goes);
      assert.equal(given.cluster.objects.has(PATH), !goes);
    });
  }

  it("stays while a pod waits for it", async () => {
    there({}, selected);
    const pod = {
      kind: "Pod",
      metadata: { name: "broker-3", namespace: "kafka" },
      spec: { volumes: [{ name: "data-0", persistentVolumeClaim: { claimName: "data-0-broker-3" } }] },
    };
    given.cluster.objects.set("/api/v1/namespaces/kafka/pods/broker-3", pod as unknown as KubeObject);
    assert.equal(await deleteOrphanedClaim(given.access, "kafka", "data-0-broker-3"), false);
    assert.ok(given.cluster.objects.has(PATH));
  });

  it("stays when it was bound, or recreated with a volume, between the check and the deletion", async () => {
    for (const metadata of [
      { uid: "old", resourceVersion: "2" },
      { uid: "new", resourceVersion: "1" },
    ]) {
      there({}, selected);
      given.cluster.beforeDeletion = () => {
        there({ volumeName: "pv" }, selected);
        Object.assign(given.cluster.objects.get(PATH)?.metadata ?? {}, metadata);
      };
      assert.equal(await deleteOrphanedClaim(given.access, "kafka", "data-0-broker-3"), false);
      assert.ok(given.cluster.objects.has(PATH));
    }
  });

  it("is not there", async () => {
    assert.equal(await deleteOrphanedClaim(given.access, "kafka", "data-0-broker-3"), false);
  });

  it("is not taken for missing when the cluster does not answer", async () => {
    given.cluster.refusals.set(`GET ${PATH}`, { code: 403, message: "not yours to see" });
    await assert.rejects(
      deleteOrphanedClaim(given.access, "kafka", "data-0-broker-3"),
      /refuses to answer .* not yours/,
    );
  });
});
