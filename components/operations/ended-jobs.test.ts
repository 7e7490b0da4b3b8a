import assert from "node:assert/strict";
import { FakeCluster } from "../../test/support/fake-cluster";
import { temporaryFolder } from "../../test/support/temporary";
import { endLeftJobs } from "./ended-jobs";

const labels = { "app.kubernetes.io/instance": "test", "app.kubernetes.io/component": "ops" };
const coming = { namespace: "kafka", name: "prepare-2", labels };
const JOBS = "/apis/batch/v1/namespaces/kafka/jobs";

describe("Jobs that an interrupted run left at work", function () {
  // The client is loaded by the first of them.
  this.timeout(60_000);
  const cluster = new FakeCluster();
  let kubeconfig = "";

  before(async () => {
    kubeconfig = await cluster.start(temporaryFolder());
  });
  after(() => cluster.stop());
  beforeEach(() => {
    cluster.objects.clear();
    cluster.refusals.clear();
    cluster.calls.length = 0;
  });

  function left(name: string, condition?: string): void {
    const conditions = condition === undefined ? [] : [{ type: condition, status: "True" }];
    cluster.objects.set(`${JOBS}/${name}`, {
      ...{ apiVersion: "batch/v1", kind: "Job", metadata: { name, namespace: "kafka", labels } },
      status: { conditions },
    });
  }

  it("are ended before the next one is made, and nothing else is", async () => {
    left("finish-1");
    left("prepare-1");
    left("prepare-2");
    left("metadata-check-1");
    left("finish-0", "Complete");
    left("prepare-0", "Failed");
    assert.deepEqual([...(await endLeftJobs({ kubeconfig }, coming))].sort(), ["finish-1", "prepare-1"]);
    const deleted = cluster.calls.map(({ method, path, query }) => [method, path, query["propagationPolicy"]]);
    assert.deepEqual(deleted.sort(), [
      ["DELETE", `${JOBS}/finish-1`, "Foreground"],
      ["DELETE", `${JOBS}/prepare-1`, "Foreground"],
    ]);
  });

  it("are mostly none", async () => {
    left("finish-0", "Complete");
    assert.deepEqual(await endLeftJobs({ kubeconfig }, coming), []);
    assert.deepEqual(cluster.calls, []);
  });

  it("stop the next one when they cannot be found out or ended: two would move partitions against each other", async () => {
    left("finish-1");
    cluster.refusals.set(`DELETE ${JOBS}/finish-1`, { code: 403, message: "you may not" });
    await assert.rejects(
      endLeftJobs({ kubeconfig }, coming),
      /left at work in kafka cannot be ended: you may not\. End them/,
    );
    await assert.rejects(endLeftJobs({ kubeconfig: "/nowhere/kubeconfig" }, coming), /cannot be ended/);
  });
});
