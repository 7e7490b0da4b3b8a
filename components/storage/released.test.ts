import type { V1PersistentVolume } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../test/support/temporary";
import { FakeVolumes } from "../../test/support/fake-volumes";
import { registered } from "../../test/support/recording";
import { freeingHook, freeReleased } from "./released";

const NAME = "kafka-data-0-broker-0";
const CLAIM = { namespace: "kafka", name: "data-0-broker-0", volumeName: NAME };
const OURS = { namespace: "kafka", name: "data-0-broker-0", uid: "old", resourceVersion: "7" };

const volume = (phase: string, claimRef: Record<string, string> = OURS): V1PersistentVolume => ({
  metadata: { name: NAME },
  spec: { claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", ...claimRef } },
  status: { phase },
});

describe("a volume for a claim that is about to be created", function () {
  // The first test loads the client.
  this.timeout(60_000);
  let cluster = new FakeVolumes();
  let access = { kubeconfig: "", context: "here" };
  beforeEach(async () => {
    cluster = new FakeVolumes();
    access = { kubeconfig: await cluster.start(), context: "here" };
  });
  afterEach(() => cluster.stop());

  it("is freed when an earlier claim of that name Released it", async () => {
    cluster.stored = volume("Released");
    assert.equal(await freeReleased(access, CLAIM), true);
    assert.deepEqual(cluster.stored.spec?.claimRef, {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      namespace: "kafka",
      name: "data-0-broker-0",
    });
    assert.deepEqual(cluster.patches, [
      [
        { op: "test", path: "/spec/claimRef/uid", value: "old" },
        { op: "remove", path: "/spec/claimRef/uid" },
        { op: "remove", path: "/spec/claimRef/resourceVersion" },
      ],
    ]);
  });

  it("is freed by a kubeconfig's path, too", async () => {
    const file = join(temporaryFolder(), "kubeconfig");
    writeFileSync(file, access.kubeconfig);
    cluster.stored = volume("Released", { namespace: "kafka", name: "data-0-broker-0", uid: "old" });
    assert.equal(await freeReleased({ ...access, kubeconfig: file }, CLAIM), true);
    assert.equal(cluster.stored.spec?.claimRef?.uid, undefined);
  });

  const UNTOUCHED: [what: string, stored: V1PersistentVolume | undefined][] = [
    ["it is Bound", volume("Bound")],
    ["it is Available", volume("Available", { namespace: "kafka", name: "data-0-broker-0" })],
    ["it has failed", volume("Failed")],
    ["it belonged to another claim", volume("Released", { ...OURS, name: "data-0-broker-1" })],
    ["it belonged to a claim of another namespace", volume("Released", { ...OURS, namespace: "others" })],
    ["it is already free", volume("Released", { namespace: "kafka", name: "data-0-broker-0" })],
    ["it does not exist", undefined],
  ];
  for (const [when, stored] of UNTOUCHED) {
    it(`is left alone when ${when}`, async () => {
      cluster.stored = stored;
      assert.equal(await freeReleased(access, CLAIM), false);
      assert.deepEqual(cluster.patches, []);
    });
  }

  it("is left alone when there is no cluster to ask", async () => {
    cluster.stored = volume("Released");
    for (const other of [{ context: "gone" }, { context: "unknown" }, { kubeconfig: "/nowhere/kubeconfig" }]) {
      assert.equal(await freeReleased({ ...access, ...other }, CLAIM), false);
    }
    assert.deepEqual(cluster.patches, []);
  });

  it("is not overwritten when somebody else changes it meanwhile", async () => {
    cluster.stored = volume("Released");
    const theirs = volume("Bound", { ...OURS, uid: "theirs" });
    cluster.meanwhile = () => (cluster.stored = theirs);
    await assert.rejects(
      freeReleased(access, CLAIM),
      /^Error: PersistentVolume kafka-data-0-broker-0, which is Released, could not be freed for the claim kafka\/data-0-broker-0: somebody else changed it meanwhile, so run this again$/,
    );
    assert.equal(cluster.stored, theirs);
  });

  it("is named when the cluster refuses to show or change it", async () => {
    cluster.stored = volume("Released");
    cluster.refusals.set("PATCH", [403, "not yours to change"]);
    await assert.rejects(
      freeReleased(access, CLAIM),
      /^Error: PersistentVolume kafka-data-0-broker-0, .* could not be freed .*: not yours to change$/,
    );
    cluster.refusals.set("GET", [403, "not yours to see"]);
    await assert.rejects(
      freeReleased(access, CLAIM),
      /^Error: PersistentVolume kafka-data-0-broker-0 cannot be read: not yours to see$/,
    );
  });

  it("is found by the inputs of the claim that is about to be created", async () => {
    const hooks: pulumi.ResourceHook[] = [];
    await registered(() => hooks.push(freeingHook("freeing", access)));
    const before = async (spec: object) => {
      const newInputs = { metadata: { namespace: "kafka", name: "data-0-broker-0" }, spec };
      for (const hook of hooks) await hook.callback({ urn: "", id: "", name: "", type: "", newInputs });
    };
    cluster.stored = volume("Released");
    await before({});
    assert.deepEqual(cluster.patches, []);
    const said = await whatIsSaid(() => before({ volumeName: NAME }));
    assert.equal(cluster.patches.length, 1);
    assert.match(said, /PersistentVolume kafka-data-0-broker-0 was Released, and is free again/);
  });
});

/** The console's output: without an engine, Pulumi's messages go there. */
async function whatIsSaid(during: () => Promise<void>): Promise<string> {
  const { log } = console;
  const lines: string[] = [];
  console.log = (line: string) => lines.push(line);
  try {
    await during();
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}
