import assert from "node:assert/strict";
import { eachWithCluster } from "../../test/support/each-with-cluster";
import type { KubeObject } from "kafka-stack-engine";
import { deleteUnbound } from "./unbound";

const PATH = "/api/v1/namespaces/kafka/persistentvolumeclaims/data-0-broker-0";
const WANTED = { namespace: "kafka", name: "data-0-broker-0", className: "fast", accessMode: "ReadWriteOnce" };

describe("a claim of a StorageClass that is about to be created", function () {
  // The first test loads the client.
  this.timeout(60_000);
  const given = eachWithCluster();

  const there = (spec: Record<string, unknown>) => {
    const claim = {
      kind: "PersistentVolumeClaim",
      metadata: { name: WANTED.name, namespace: "kafka", uid: "old", resourceVersion: "1" },
      spec,
    };
    given.cluster.objects.set(PATH, claim as unknown as KubeObject);
  };
  const CASES: [what: string, spec: Record<string, unknown>, goes: boolean][] = [
    ["requests another class", { storageClassName: "fats", accessModes: ["ReadWriteOnce"] }, true],
    ["requests another access mode", { storageClassName: "fast", accessModes: ["ReadWriteOncePod"] }, true],
    ["requests the same", { storageClassName: "fast", accessModes: ["ReadWriteOnce"] }, false],
    [
      "has a volume of another class",
      { storageClassName: "fats", accessModes: ["ReadWriteOnce"], volumeName: "pvc-1" },
      false,
    ],
  ];
  for (const [what, spec, goes] of CASES) {
    it(`${goes ? "replaces" : "leaves alone"} one that ${what}`, async () => {
      there(spec);
      assert.equal(await deleteUnbound(given.access, WANTED), goes);
      assert.equal(given.cluster.objects.has(PATH), !goes);
    });
  }

  it("stays when it was bound between the check and the deletion", async () => {
    there({ storageClassName: "fats", accessModes: ["ReadWriteOnce"] });
    given.cluster.beforeDeletion = () => {
      there({ storageClassName: "fats", accessModes: ["ReadWriteOnce"], volumeName: "pvc-1" });
      Object.assign(given.cluster.objects.get(PATH)?.metadata ?? {}, { resourceVersion: "2" });
    };
    assert.equal(await deleteUnbound(given.access, WANTED), false);
    assert.ok(given.cluster.objects.has(PATH));
  });

  it("is judged again when it changes, but not for ever", async () => {
    there({ storageClassName: "fats" });
    let version = 1;
    given.cluster.beforeDeletion = () => {
      if (version < 3)
        Object.assign(given.cluster.objects.get(PATH)?.metadata ?? {}, { resourceVersion: String(++version) });
    };
    assert.equal(await deleteUnbound(given.access, WANTED), true);
    there({ storageClassName: "fats" });
    given.cluster.beforeDeletion = () => {
      Object.assign(given.cluster.objects.get(PATH)?.metadata ?? {}, { resourceVersion: String(++version) });
    };
    await assert.rejects(
      deleteUnbound(given.access, WANTED),
      /could not be deleted: .*changed 5 times .* run this again/,
    );
    assert.ok(given.cluster.objects.has(PATH));
  });

  it("is created when there is none", async () => {
    assert.equal(await deleteUnbound(given.access, WANTED), false);
  });

  it("is not created when the cluster does not say what exists", async () => {
    given.cluster.refusals.set(`GET ${PATH}`, { code: 403, message: "not yours to see" });
    await assert.rejects(
      deleteUnbound(given.access, WANTED),
      /refuses to answer for the claim kafka\/data-0-broker-0: not yours/,
    );
  });
});
