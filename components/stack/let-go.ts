import type { CoreV1Api } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import { ask, orNone } from "../kubernetes/ask";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { coreApi } from "../kubernetes/core-api";
import { deleteClaim, deletion } from "../storage/delete-claim";
import { type FoundVolume, hasStarted, uses } from "./evidence";

/**
 * Deletes the claims of volumes that shall be elsewhere and on which no server ever started, with the pods that wait for them: while a pod holds a claim, neither
 * it nor its volume goes. The StatefulSet makes pod and claim anew, and these wait for the volume at its new place.
 *
 * Claims of a StorageClass are not among them: those go right before they are made anew (`unboundHook`).
 *
 * @throws when the cluster refuses, when a pod has started meanwhile, or when a claim does not go.
 */
export async function letGo(access: ClusterAccess, namespace: string, volumes: readonly FoundVolume[]): Promise<void> {
  const placed = volumes.filter(({ type }) => type !== "storageClass");
  if (placed.length === 0) return;
  const core = await ask("to let go of claims", () => coreApi(access));
  for (const { claim } of placed) await letGoOf(core, namespace, claim);
}

async function letGoOf(core: CoreV1Api, namespace: string, name: string): Promise<void> {
  const what = `claim ${namespace}/${name}`;
  const { claim, pods } = await ask(`for the ${what}`, async () => ({
    claim: await orNone(core.readNamespacedPersistentVolumeClaim({ namespace, name })),
    pods: (await core.listNamespacedPod({ namespace })).items.filter((pod) => uses(pod, name)),
  }));
  const uid = claim?.metadata?.uid;
  if (uid === undefined) return;
  if (pods.some(hasStarted)) throw new Error(`a server has started on the ${what} just now; run this again`);
  await deleteClaim(core, { namespace, name, uid }, async () => {
    for (const { metadata } of pods) {
      const pod = { name: metadata?.name ?? "", namespace, body: { preconditions: { uid: metadata?.uid ?? "" } } };
      await deletion(core.deleteNamespacedPod(pod), `pod ${namespace}/${pod.name}`);
    }
  });
  await pulumi.log.info(`no server ever started on the ${what}: it was deleted, and is made anew for its new place`);
}
