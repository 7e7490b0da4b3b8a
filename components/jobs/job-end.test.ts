import assert from "node:assert/strict";
import type { V1ContainerState, V1Job, V1Pod } from "@kubernetes/client-node";
import { FakeCluster } from "../../test/support/fake-cluster";
import { temporaryFolder } from "../../test/support/temporary";
import { endOf, untilEnded } from "./job-end";

const BEGAN = new Date("2026-01-01T00:00:00Z");
const after = (minutes: number) => BEGAN.getTime() + minutes * 60_000;

const job = (condition?: string): V1Job => ({
  metadata: { name: "prepare-1", creationTimestamp: BEGAN },
  status: {
    ...(condition !== undefined && {
      conditions: [{ type: condition, status: "True" }],
    }),
  },
});
const pod = (phase: string, state?: V1ContainerState, message?: string): V1Pod => ({
  metadata: { name: "prepare-1-abc", creationTimestamp: BEGAN },
  spec: { containers: [{ name: "ops", resources: { limits: { memory: "512Mi" } } }] },
  status: {
    phase,
    ...(state && {
      containerStatuses: [{ name: "ops", image: "", imageID: "", ready: false, restartCount: 0, state }],
    }),
    ...(message !== undefined && { conditions: [{ type: "PodScheduled", status: "False", message }] }),
  },
});
const ended = (exitCode: number, reason: string, message?: string) =>
  pod("Failed", { terminated: { exitCode, reason, ...(message !== undefined && { message }) } });
const oom = ended(137, "OOMKilled");
const waiting = pod("Pending", { waiting: { reason: "ImagePullBackOff", message: "no such image" } });

describe("The end of a Job", () => {
  for (const [what, of, pods, minutes, end] of [
    ["is its own", job("Complete"), [], 999, "Complete"],
    ["has not come while it runs, however long", job(), [pod("Running", { running: {} })], 99_999, undefined],
    [
      "is reported with its last words",
      job("Failed"),
      [ended(1, "Error", "broker 3 is full\n")],
      1,
      "broker 3 is full",
    ],
    ["is reported without any", job("Failed"), [], 1, "the Job prepare-1 failed"],
    ["has not come while its pod may still start", job(), [waiting], 29, undefined],
    [
      "comes when its pod cannot start",
      job(),
      [waiting],
      31,
      /for 30 min: ImagePullBackOff: no such image; repair that/,
    ],
    [
      "comes when no node accepts its pod",
      job(),
      [pod("Pending", undefined, "0/3 nodes")],
      31,
      /: 0\/3 nodes; repair that/,
    ],
    ["comes when no pod is created", job(), [], 31, /none was made \(`kubectl describe job prepare-1` says why\)/],
    [
      "has not come after an eviction, while another pod runs",
      job(),
      [ended(143, "Error"), pod("Running", { running: {} })],
      999,
      undefined,
    ],
    ["has not come after two kills", job(), [oom, oom, pod("Running", { running: {} })], 1, undefined],
    [
      "comes with the third kill for memory",
      job(),
      [oom, oom, oom],
      1,
      /\(512Mi\): raise operations\.resources\.limits\.memory/,
    ],
    ["comes with a full heap", job("Failed"), [ended(134, "Error", "heap")], 1, /raise operations\.resources/],
    ["has not come after kills by hand", job(), [1, 2, 3, 4].map(() => ended(137, "Error")), 1, undefined],
  ] as const) {
    it(what, () => {
      const found = endOf(of, pods, after(minutes), after(0));
      if (end === undefined) assert.equal(found, undefined);
      else if (end === "Complete") assert.deepEqual(found, { end: { as: "Complete" }, givenUp: false });
      else {
        assert.ok(found?.end.as === "Failed");
        assert.match(found.end.why, end instanceof RegExp ? end : new RegExp(`^${end}$`));
        assert.equal(found.givenUp, of.status?.conditions === undefined);
      }
    });
  }

  it("has not come while a deleted pod is being replaced, however old the Job is", () => {
    assert.equal(endOf(job(), [], after(999), after(998)), undefined);
    assert.notEqual(endOf(job(), [], after(999), after(960)), undefined);
  });

  it("is forced where Kubernetes would wait for ever", async () => {
    const cluster = new FakeCluster();
    const kubeconfig = await cluster.start(temporaryFolder());
    const at = "/apis/batch/v1/namespaces/kafka/jobs/prepare-1";
    const plant = (path: string, object: unknown) => cluster.objects.set(path, object as never);
    plant("/api/v1/namespaces/kafka", { kind: "Namespace", metadata: { name: "kafka" } });
    plant(at, { apiVersion: "batch/v1", kind: "Job", ...job() });
    plant("/api/v1/namespaces/kafka/pods/one", { apiVersion: "v1", kind: "Pod", ...waiting });
    const end = await untilEnded({ kubeconfig }, { namespace: "kafka", name: "prepare-1" });
    assert.equal(end.as, "Failed");
    assert.deepEqual(
      cluster.calls.map(({ method, path, body }) => [method, path, body]),
      [["PATCH", at, [{ op: "replace", path: "/spec/activeDeadlineSeconds", value: 1 }]]],
    );
    await cluster.stop();
  }).timeout(60_000);
});
