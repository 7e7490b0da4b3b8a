import assert from "node:assert/strict";
import { FakeCluster } from "../../test/support/fake-cluster";
import { temporaryFolder } from "../../test/support/temporary";
import { JobsOfThisRun, type Servers } from "./this-run";

const labels = { "app.kubernetes.io/instance": "test", "app.kubernetes.io/component": "ops" };
const JOBS = "/apis/batch/v1/namespaces/kafka/jobs";
const SET = "/apis/apps/v1/namespaces/kafka/statefulsets/broker";
const restsOn = { leaving: "prepare", restarting: "broker-restart-check" };
const servers = (replicas: number, template: unknown = "old"): Servers => ({
  metadata: { name: "broker", namespace: "kafka" },
  spec: { replicas, template },
});

describe("Jobs that a change of servers requires", function () {
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
    cluster.statusOf = () => ({ conditions: [{ type: "Complete", status: "True" }] });
    for (const [name, minute] of [
      ["prepare-1", "01"],
      ["prepare-2", "02"],
      ["broker-restart-check-1", "03"],
    ] as const) {
      cluster.objects.set(`${JOBS}/${name}`, {
        ...{ apiVersion: "batch/v1", kind: "Job" },
        metadata: { name, namespace: "kafka", labels, creationTimestamp: `2026-11-27T00:${minute}:00Z` },
        spec: {
          selector: { matchLabels: { "batch.kubernetes.io/controller-uid": "u" } },
          template: {
            metadata: { labels: { ...labels, "batch.kubernetes.io/controller-uid": "u", "job-name": name } },
            spec: { containers: [{ name: "ops", args: [name] }] },
          },
        },
        status: { conditions: [{ type: "Complete", status: "True" }] },
      });
    }
  });

  const running = (replicas: number) => {
    cluster.objects.set(SET, {
      ...{ apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "broker", namespace: "kafka" } },
      spec: { replicas },
    });
  };
  const ranAgain = () =>
    cluster.calls.map(({ body }) => {
      const { metadata, spec } = body as unknown as {
        metadata: { generateName: string };
        spec: {
          selector?: unknown;
          template: { metadata: { labels: object }; spec: { containers: { args: string[] }[] } };
        };
      };
      assert.equal(spec.selector, undefined);
      assert.deepEqual(spec.template.metadata.labels, labels);
      return [metadata.generateName, spec.template.spec.containers[0]?.args[0]];
    });

  it("run again when they are of an earlier run: the newest one before servers leave, even if somebody else added these", async () => {
    running(4);
    await new JobsOfThisRun({ instance: "test", cluster: { kubeconfig } }).renew(restsOn, servers(3), servers(3));
    assert.deepEqual(ranAgain(), [["prepare-again-", "prepare-2"]]);
  });

  it("run again alone: the copy that an earlier run was killed beside is ended first", async () => {
    const left = `${JOBS}/prepare-again-1`;
    const metadata = { name: "prepare-again-1", namespace: "kafka", labels, uid: "left", resourceVersion: "1" };
    cluster.objects.set(left, { apiVersion: "batch/v1", kind: "Job", metadata });
    running(4);
    await new JobsOfThisRun({ instance: "test", cluster: { kubeconfig } }).renew(restsOn, servers(4), servers(3));
    assert.deepEqual(
      cluster.calls.map(({ method, path }) => `${method} ${path}`),
      [`DELETE ${left}`, `POST ${JOBS}`],
    );
  });

  it("run again before servers restart", async () => {
    running(3);
    await new JobsOfThisRun({ instance: "test", cluster: { kubeconfig } }).renew(
      restsOn,
      servers(3),
      servers(3, "new"),
    );
    assert.deepEqual(ranAgain(), [["broker-restart-check-again-", "broker-restart-check-1"]]);
  });

  it("run again after one that does: partitions may be elsewhere since the check", async () => {
    const jobs = new JobsOfThisRun({ instance: "test", cluster: { kubeconfig } });
    jobs.note("broker-restart-check");
    running(4);
    await jobs.renew(restsOn, servers(4), servers(3, "new"));
    assert.deepEqual(
      ranAgain().map(([name]) => name),
      ["prepare-again-", "broker-restart-check-again-"],
    );
  });

  it("do not run again when this run created them, for added servers, or when restarts are not checked", async () => {
    const jobs = new JobsOfThisRun({ instance: "test", cluster: { kubeconfig } });
    jobs.note("prepare");
    jobs.note("broker-restart-check");
    running(4);
    await jobs.renew(restsOn, servers(4), servers(3, "new"));
    running(3);
    const other = new JobsOfThisRun({ instance: "test", cluster: { kubeconfig } });
    await other.renew(restsOn, servers(3), servers(4));
    await other.renew({ leaving: "prepare" }, servers(3), servers(3, "new"));
    assert.deepEqual(ranAgain(), []);
  });

  it("run again although this run created them, where something may have come to the servers that leave since", async () => {
    const jobs = new JobsOfThisRun({ instance: "test", cluster: { kubeconfig } });
    jobs.note("prepare");
    jobs.note("broker-restart-check");
    running(4);
    await jobs.renew({ ...restsOn, lastLook: true }, servers(4), servers(3));
    assert.deepEqual(ranAgain(), [["prepare-again-", "prepare-2"]]);
    cluster.calls.length = 0;
    await jobs.renew({ ...restsOn, lastLook: true }, servers(4), servers(4, "new"));
    assert.deepEqual(ranAgain(), []);
  });

  it("stop the change when they fail, with their last words", async () => {
    running(4);
    cluster.statusOf = () => ({ conditions: [{ type: "Failed", status: "True" }] });
    cluster.objects.set("/api/v1/namespaces/kafka/pods/one", {
      ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "one", namespace: "kafka" } },
      status: { containerStatuses: [{ state: { terminated: { message: "broker 3 holds orders\n" } } }] },
    });
    const renewed = new JobsOfThisRun({ instance: "test", cluster: { kubeconfig } }).renew(
      restsOn,
      servers(4),
      servers(3),
    );
    await assert.rejects(
      renewed,
      /^Error: prepare ran again before servers change, and ended with: broker 3 holds orders$/,
    );
  });

  it("stop the change when the number of servers or the Job is unknown", async () => {
    const jobs = new JobsOfThisRun({ instance: "test", cluster: { kubeconfig } });
    await assert.rejects(jobs.renew(restsOn, servers(4), servers(3)), /how many servers broker has/);
    running(4);
    cluster.objects.delete(`${JOBS}/prepare-1`);
    cluster.objects.delete(`${JOBS}/prepare-2`);
    await assert.rejects(jobs.renew(restsOn, servers(4), servers(3)), /there is no Job prepare to run again/);
  });
});
