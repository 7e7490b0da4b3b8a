import assert from "node:assert/strict";
import { FakeCluster } from "../../test/support/fake-cluster";
import { temporaryFolder } from "../../test/support/temporary";
import { stopLeftoverJobs } from "./ended-jobs";

const labels = { "app.kubernetes.io/instance": "test", "app.kubernetes.io/component": "ops" };
const coming = { namespace: "kafka", name: "prepare-2", labels };
const VERSION = { uid: "old", resourceVersion: "1" };
const JOBS = "/apis/batch/v1/namespaces/kafka/jobs";

describe("Jobs that an interrupted run left running", function () {
  // The first test loads the client.
  this.timeout(60_000);
  const cluster = new FakeCluster();
  let kubeconfig = "";

  before(async () => {
    kubeconfig = await cluster.start(temporaryFolder());
  });
  after(() => cluster.stop());
  beforeEach(() => {
    cluster.clear();
  });

  function left(name: string, condition?: string): void {
    const conditions = condition === undefined ? [] : [{ type: condition, status: "True" }];
    cluster.objects.set(`${JOBS}/${name}`, {
      ...{ apiVersion: "batch/v1", kind: "Job", metadata: { name, namespace: "kafka", labels, ...VERSION } },
      status: { conditions },
    });
  }

  it("are the only ones that are ended before the next Job is created", async () => {
    left("finish-1");
    left("prepare-1");
    left("prepare-2");
    left("metadata-check-1");
    left("finish-0", "Complete");
    left("prepare-0", "Failed");
    assert.deepEqual([...(await stopLeftoverJobs({ kubeconfig }, coming))].sort(), ["finish-1", "prepare-1"]);
    const deleted = cluster.calls.map(({ method, path, body }) => [method, path, body["propagationPolicy"]]);
    assert.deepEqual(deleted.sort(), [
      ["DELETE", `${JOBS}/finish-1`, "Foreground"],
      ["DELETE", `${JOBS}/prepare-1`, "Foreground"],
    ]);
  });

  it("usually do not exist", async () => {
    left("finish-0", "Complete");
    assert.deepEqual(await stopLeftoverJobs({ kubeconfig }, coming), []);
    assert.deepEqual(cluster.calls, []);
  });

  it("stay when they finish before their deletion, and go when only their status changed", async () => {
    left("finish-1");
    left("prepare-1");
    let once = true;
    cluster.beforeDeletion = (path) => {
      if (!path.endsWith("finish-1") || !once) return;
      once = false;
      left("finish-1", "Complete");
      Object.assign(cluster.objects.get(path)?.metadata ?? {}, { resourceVersion: "2" });
      Object.assign(cluster.objects.get(`${JOBS}/prepare-1`)?.metadata ?? {}, { resourceVersion: "2" });
    };
    assert.deepEqual(await stopLeftoverJobs({ kubeconfig }, coming), ["prepare-1"]);
    assert.deepEqual([...cluster.objects.keys()], [`${JOBS}/finish-1`]);
  });

  it("block the next Job when they cannot be found out or ended: two would move partitions against each other", async () => {
    left("finish-1");
    cluster.refusals.set(`DELETE ${JOBS}/finish-1`, { code: 403, message: "you may not" });
    await assert.rejects(
      stopLeftoverJobs({ kubeconfig }, coming),
      /left running in kafka cannot be ended: finish-1 could not be deleted: you may not\. End them/,
    );
    await assert.rejects(stopLeftoverJobs({ kubeconfig: "/nowhere/kubeconfig" }, coming), /cannot be ended/);
  });
});
