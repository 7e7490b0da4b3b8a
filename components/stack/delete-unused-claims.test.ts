import assert from "node:assert/strict";
import type { KubeObject } from "kafka-stack-engine";
import { eachWithCluster } from "../../test/support/each-with-cluster";
import type { FoundVolume } from "./evidence";
import { deleteUnusedClaims } from "./delete-unused-claims";

const CLAIM = "/api/v1/namespaces/kafka/persistentvolumeclaims/data-0-broker-0";
const POD = "/api/v1/namespaces/kafka/pods/broker-0";
const VOLUME: FoundVolume = {
  ...{ pool: "broker", ordinal: 0, volume: 0, claim: "data-0-broker-0", claimUid: "old" },
  ...{ type: "nfs", place: "nas:/kafka", started: "no" },
};

describe("a claim on which no server ever started", function () {
  // The first test loads the client.
  this.timeout(60_000);
  const given = eachWithCluster();
  beforeEach(() => {
    put(CLAIM, "PersistentVolumeClaim", "old", {});
  });

  const put = (path: string, kind: string, uid: string, rest: object, resourceVersion = "1") => {
    const metadata = { name: path.split("/").at(-1), namespace: "kafka", uid, resourceVersion };
    given.cluster.objects.set(path, { kind, metadata, ...rest } as unknown as KubeObject);
  };
  const pod = (uid: string, state: object, resourceVersion?: string) => {
    const spec = { volumes: [{ name: "data-0", persistentVolumeClaim: { claimName: "data-0-broker-0" } }] };
    put(POD, "Pod", uid, { spec, status: { containerStatuses: [{ restartCount: 0, state }] } }, resourceVersion);
  };

  it("goes", async () => {
    await deleteUnusedClaims(given.access, "kafka", [VOLUME]);
    assert.ok(!given.cluster.objects.has(CLAIM));
  });

  it("stays when it was recreated since the judgement", async () => {
    put(CLAIM, "PersistentVolumeClaim", "new", {});
    await assert.rejects(
      deleteUnusedClaims(given.access, "kafka", [VOLUME]),
      /data-0-broker-0 was recreated just now; run this again/,
    );
    assert.ok(given.cluster.objects.has(CLAIM));
  });

  it("stays when it is recreated right before the deletion", async () => {
    given.cluster.beforeDeletion = () => {
      put(CLAIM, "PersistentVolumeClaim", "new", {});
    };
    await assert.rejects(deleteUnusedClaims(given.access, "kafka", [VOLUME]), /was recreated just now/);
    assert.ok(given.cluster.objects.has(CLAIM));
  });

  it("leaves alone a pod that starts right before the deletion", async () => {
    pod("old", { waiting: {} });
    given.cluster.beforeDeletion = (path) => {
      if (path === POD) pod("old", { running: {} }, "2");
    };
    await assert.rejects(
      deleteUnusedClaims(given.access, "kafka", [VOLUME]),
      /a server has started on the claim .* just now/,
    );
    assert.ok(given.cluster.objects.has(POD));
  });

  it("goes with a pod that waits for it, even when the pod's status changes, and not with the next pod", async () => {
    pod("old", { waiting: {} });
    let once = true;
    given.cluster.beforeDeletion = (path) => {
      if (path !== POD || !once) return;
      once = false;
      pod("old", { waiting: { reason: "ContainerCreating" } }, "2");
    };
    // As a StatefulSet does.
    const { objects } = given.cluster;
    const remove = objects.delete.bind(objects);
    objects.delete = (path) => {
      const was = remove(path);
      if (path === POD) {
        pod("next", { waiting: {} });
        put(CLAIM, "PersistentVolumeClaim", "next", {});
      }
      return was;
    };
    await deleteUnusedClaims(given.access, "kafka", [VOLUME]);
    assert.deepEqual([objects.get(POD)?.metadata.uid, objects.get(CLAIM)?.metadata.uid], ["next", "next"]);
  });
});
