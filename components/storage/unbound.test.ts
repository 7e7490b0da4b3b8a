import assert from "node:assert/strict";
import { FakeCluster } from "../../test/support/fake-cluster";
import { temporaryFolder } from "../../test/support/temporary";
import type { KubeObject } from "kafka-stack-engine";
import { deleteUnbound } from "./unbound";

const PATH = "/api/v1/namespaces/kafka/persistentvolumeclaims/data-0-broker-0";
const WANTED = { namespace: "kafka", name: "data-0-broker-0", className: "fast", accessMode: "ReadWriteOnce" };

describe("a claim of a StorageClass that is about to be made", function () {
  // The client is loaded by the first of them.
  this.timeout(60_000);
  let cluster = new FakeCluster();
  let access = { kubeconfig: "" };
  beforeEach(async () => {
    cluster = new FakeCluster();
    access = { kubeconfig: await cluster.start(temporaryFolder()) };
  });
  afterEach(() => cluster.stop());

  const there = (spec: Record<string, unknown>) => {
    const claim = { kind: "PersistentVolumeClaim", metadata: { name: WANTED.name, uid: "old" }, spec };
    cluster.objects.set(PATH, claim as unknown as KubeObject);
  };
  const CASES: [what: string, spec: Record<string, unknown>, goes: boolean][] = [
    ["asks for another class", { storageClassName: "fats", accessModes: ["ReadWriteOnce"] }, true],
    ["asks for another access mode", { storageClassName: "fast", accessModes: ["ReadWriteOncePod"] }, true],
    ["asks for the same", { storageClassName: "fast", accessModes: ["ReadWriteOnce"] }, false],
    [
      "has a volume of another class",
      { storageClassName: "fats", accessModes: ["ReadWriteOnce"], volumeName: "pvc-1" },
      false,
    ],
  ];
  for (const [what, spec, goes] of CASES) {
    it(`${goes ? "takes the place of" : "leaves alone"} one that ${what}`, async () => {
      there(spec);
      assert.equal(await deleteUnbound(access, WANTED), goes);
      assert.equal(cluster.objects.has(PATH), !goes);
    });
  }

  it("is made when there is none", async () => {
    assert.equal(await deleteUnbound(access, WANTED), false);
  });

  it("is not made when the cluster does not say what there is", async () => {
    cluster.refusals.set(`GET ${PATH}`, { code: 403, message: "not yours to see" });
    await assert.rejects(
      deleteUnbound(access, WANTED),
      /refuses to answer for the claim kafka\/data-0-broker-0: not yours/,
    );
  });
});
