import assert from "node:assert/strict";
import { awaitGone, patienceFor } from "./await";
import type { KubeClient, KubeObject } from "./client";

const claim = (finalizers: string[]): KubeObject => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "data-0-broker-1", namespace: "kafka", uid: "u", finalizers },
});

function clusterWith(live: KubeObject | undefined, pods: object[] = []): KubeClient {
  return { get: () => Promise.resolve(live), list: () => Promise.resolve(pods) } as unknown as KubeClient;
}

describe("engine: the wait for an object", () => {
  it("is five minutes at most for a claim and a volume, whatever is asked for, as with the real provider", () => {
    const kinds = ["PersistentVolume", "PersistentVolumeClaim", "StatefulSet"];
    assert.deepEqual(
      kinds.map((kind) => [patienceFor(kind, 900), patienceFor(kind, 2)]),
      [
        [300, 2],
        [300, 2],
        [900, 2],
      ],
    );
  });
});

describe("engine: the wait for an object's end", () => {
  const options = { timeout: 0, uid: "u", note: () => undefined };
  const held = claim(["kubernetes.io/pvc-protection"]);

  it("ends when the object is gone, or another one has its name", async () => {
    await awaitGone(clusterWith(undefined), held, options);
    await awaitGone(clusterWith({ ...held, metadata: { ...held.metadata, uid: "other" } }), held, options);
  });

  it("names the pod that uses a claim, or the finalizers", async () => {
    const waiting = (pods: object[]) => awaitGone(clusterWith(held, pods), held, { ...options, timeout: -1 });
    const mounts = (claimName: string) => ({ volumes: [{ persistentVolumeClaim: { claimName } }, { emptyDir: {} }] });
    const pods = ["data-0-broker-0", "data-0-broker-1"].map((name, index) => ({
      metadata: { name: `broker-${index}` },
      spec: mounts(name),
    }));
    await assert.rejects(waiting(pods), /: broker-1 uses it; it goes once that pod is deleted$/);
    await assert.rejects(waiting([]), /held by its finalizers kubernetes\.io\/pvc-protection/);
  });
});
