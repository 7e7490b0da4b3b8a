import assert from "node:assert/strict";
import { causeOf } from "./cause";
import type { KubeClient, KubeObject } from "./client";

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();

const job: KubeObject = {
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "prepare", namespace: "kafka", uid: "job", managedFields: [{ time: at(100) }] },
  spec: { selector: { matchLabels: { job: "prepare" } } },
};

function event(uid: string, reason: string, seconds: number, more: object = {}): object {
  return {
    metadata: {},
    reason,
    message: `message of ${reason}`,
    involvedObject: { kind: "Job", name: "prepare", uid },
    lastTimestamp: at(seconds),
    ...more,
  };
}

function clusterWith(events: object[], pods: object[] = []): KubeClient {
  return {
    list: (_: string, kind: string) => Promise.resolve(kind === "Event" ? events : pods),
  } as unknown as KubeClient;
}

describe("engine: the cause of a wait", () => {
  it("is the latest warning about the object since it was last changed", async () => {
    const events = [event("job", "FailedCreate", 101), event("job", "Quota", 103), event("other", "Lost", 105)];
    assert.equal(await causeOf(clusterWith(events), job), "Job prepare: Quota: message of Quota");
    assert.equal(await causeOf(clusterWith([event("job", "FailedCreate", 90)]), job), "");
  });

  it("may come from one of its pods that is not ready, but never from a failing probe", async () => {
    const pods = [
      { metadata: { uid: "fine" }, status: { conditions: [{ type: "Ready", status: "True" }] } },
      { metadata: { uid: "unready" } },
    ];
    const involvedObject = { kind: "Pod", name: "prepare-1", uid: "unready" };
    const events = [
      event("unready", "FailedMount", 101, { involvedObject }),
      event("unready", "Unhealthy", 102, { involvedObject }),
      event("fine", "FailedScheduling", 103),
    ];
    assert.equal(await causeOf(clusterWith(events, pods), job), "Pod prepare-1: FailedMount: message of FailedMount");
  });

  it("may come from a Deployment's ReplicaSet that can create no pod", async () => {
    const deployment = { ...job, kind: "Deployment" };
    const involvedObject = { kind: "ReplicaSet", name: "prepare-5d", uid: "set" };
    const events = [event("set", "FailedCreate", 101, { involvedObject })];
    assert.match(await causeOf(clusterWith(events), deployment), /^ReplicaSet prepare-5d: FailedCreate/);
    assert.equal(await causeOf(clusterWith(events), job), "");
  });

  it("is unknown when the cluster does not answer", async () => {
    const silent = { list: () => Promise.reject(new Error("no answer")) } as unknown as KubeClient;
    assert.equal(await causeOf(silent, job), "");
  });
});
