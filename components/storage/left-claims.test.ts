import assert from "node:assert/strict";
import type { KubeObject } from "kafka-stack-engine";
import { SCOPE } from "../../test/support/components";
import { eachWithCluster } from "../../test/support/each-with-cluster";
import { registered } from "../../test/support/recording";
import { DELETED_WHEN_SCALED, deleteLeftClaims, LeftClaims } from "./left-claims";

const CLAIMS = "/api/v1/namespaces/kafka/persistentvolumeclaims";
const SET = "/apis/apps/v1/namespaces/kafka/statefulsets/broker";
const POD = "/api/v1/namespaces/kafka/pods/broker-3";
const MADE = { "app.kubernetes.io/instance": "test", "app.kubernetes.io/part-of": "kafka-stack" };
const POOLS = [{ pool: "broker", replicas: 3 }];

describe("claims of servers that have left", function () {
  // The first test loads the client.
  this.timeout(60_000);
  const given = eachWithCluster();
  beforeEach(() => {
    scaledTo(3);
    for (const name of ["data-0-broker-2", "data-0-broker-3", "data-1-broker-3", "data-0-broker-12"]) claim(name);
  });

  const put = (path: string, object: object) => given.cluster.objects.set(path, object as KubeObject);
  const scaledTo = (replicas: number) =>
    put(SET, { kind: "StatefulSet", metadata: { name: "broker", namespace: "kafka" }, spec: { replicas } });
  const claim = (name: string, changed: object = {}) =>
    put(`${CLAIMS}/${name}`, {
      kind: "PersistentVolumeClaim",
      metadata: {
        ...{ name, namespace: "kafka", uid: "old", resourceVersion: "1" },
        ...{ labels: MADE, annotations: DELETED_WHEN_SCALED },
        ...changed,
      },
    });
  const pod = (phase = "Running") =>
    put(POD, {
      kind: "Pod",
      status: { phase },
      metadata: { name: "broker-3", namespace: "kafka" },
      spec: { volumes: [{ name: "data-0", persistentVolumeClaim: { claimName: "data-0-broker-3" } }] },
    });
  const left = () => deleteLeftClaims(given.access, { namespace: "kafka", instance: "test", pools: POOLS });
  const there = () => given.cluster.names("PersistentVolumeClaim").sort();

  it("go, all of them, and no other", async () => {
    claim("data-0-broker-30", { annotations: {} });
    claim("data-0-broker-31", { labels: {} });
    claim("data-0-other-broker-3");
    claim("data-0-controller-3");
    assert.deepEqual((await left()).toSorted(), ["data-0-broker-12", "data-0-broker-3", "data-1-broker-3"]);
    assert.deepEqual(there(), [
      "data-0-broker-2",
      "data-0-broker-30",
      "data-0-broker-31",
      "data-0-controller-3",
      "data-0-other-broker-3",
    ]);
    assert.deepEqual(await left(), [], "a second time there is nothing to do");
  });

  it("go by uid and version: one that was recreated between look and deletion, and is no longer marked, stays", async () => {
    given.cluster.beforeDeletion = (path) => {
      if (path.endsWith("data-0-broker-3")) claim("data-0-broker-3", { uid: "new", annotations: {} });
    };
    assert.deepEqual((await left()).toSorted(), ["data-0-broker-12", "data-1-broker-3"]);
    assert.deepEqual(there(), ["data-0-broker-2", "data-0-broker-3"]);
  });

  it("stay while somebody has scaled the servers, also when that happens during the look", async () => {
    scaledTo(4);
    await assert.rejects(
      left(),
      /kafka\/broker has 4 servers and should have 3: .* stay, with their data; the next `up`/,
    );
    assert.equal(there().length, 4);
    scaledTo(3);
    given.cluster.beforeDeletion = (path) => {
      claim(path.split("/").at(-1) ?? "", { resourceVersion: "2" });
      scaledTo(4);
    };
    await assert.rejects(left(), /has 4 servers/);
    assert.equal(there().length, 4);
  });

  it("stay until their pod is gone", async () => {
    pod();
    const work = left();
    setTimeout(() => given.cluster.objects.delete(POD), 1_500);
    given.cluster.beforeDeletion = (path) => {
      if (path.endsWith("broker-3")) assert.ok(!given.cluster.objects.has(POD), path);
    };
    await work;
    assert.deepEqual(there(), ["data-0-broker-2"]);
  });

  for (const phase of ["Succeeded", "Failed"]) {
    it(`do not wait for a pod that names them and has ended for good (${phase})`, async () => {
      pod(phase);
      await left();
      assert.deepEqual(there(), ["data-0-broker-2"]);
    });
  }

  for (const [what, path] of [
    ["claims", CLAIMS],
    ["servers", SET],
    ["pods", POD.slice(0, POD.lastIndexOf("/"))],
  ] as const) {
    it(`stay when the cluster does not say which ${what} there are`, async () => {
      given.cluster.refusals.set(`GET ${path}`, { code: 403, message: "not yours to see" });
      await assert.rejects(left(), /not yours to see.*; docs\/clusters\.md .* stay, with their data/);
      assert.equal(there().length, 4);
    });
  }

  it("stay when nobody answers, or no StatefulSet is there", async () => {
    given.cluster.objects.delete(SET);
    await assert.rejects(left(), /how many servers broker has.* stay, with their data/);
    assert.equal(there().length, 4);
    await given.cluster.stop();
    await assert.rejects(left(), /could not be asked.* stay, with their data/);
  });
});

describe("LeftClaims", () => {
  const made = (cluster?: object) =>
    registered(() => new LeftClaims("left", { ...SCOPE, pools: POOLS, left: "finish-1", ...(cluster && { cluster }) }));

  it("is a stash that changes with each end of a change, and calls a hook only in an update", async () => {
    const stash = (await made({})).find(({ type }) => type === "pulumi:index:Stash");
    assert.deepEqual(stash?.inputs, { input: { namespace: "kafka", pools: POOLS, left: "finish-1", deletes: true } });
    assert.deepEqual([stash.beforeCreate, stash.beforeUpdate], [["left-deletion"], ["left-deletion"]]);
  });

  it("deletes nothing in a cluster that it does not know", async () => {
    const stash = (await made()).find(({ type }) => type === "pulumi:index:Stash");
    assert.deepEqual([stash?.beforeCreate, stash?.beforeUpdate], [[], []]);
    // So it changes, and its hook is called, once the cluster is known.
    assert.equal((stash?.inputs["input"] as { deletes: boolean }).deletes, false);
  });

  it("deletes nothing, and fails nothing, on a Node.js that is too old to ask the cluster", async () => {
    const { versions } = process;
    Object.defineProperty(process, "versions", { value: { ...versions, node: "20.20.2" }, configurable: true });
    try {
      const stash = (await made({})).find(({ type }) => type === "pulumi:index:Stash");
      assert.deepEqual([stash?.beforeCreate, stash?.beforeUpdate], [[], []]);
      assert.equal((stash?.inputs["input"] as { deletes: boolean }).deletes, false);
    } finally {
      Object.defineProperty(process, "versions", { value: versions, configurable: true });
    }
  });
});
