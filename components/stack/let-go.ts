import type { CoreV1Api } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import { ask, orNone } from "../kubernetes/ask";
import { apiMessage, statusOf } from "../kubernetes/api-error";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { coreApi } from "../kubernetes/core-api";
import { type FoundVolume, hasStarted, uses } from "./evidence";

/** How long a pod without running containers may take to go: the kubelet gives up a mount that hangs after two minutes. */
const PATIENCE_MS = 10 * 60_000;

/**
 * Deletes the claims of volumes that shall be elsewhere and on which no server ever started, with the pods that wait for them: while a pod holds a claim, neither
 * it nor its volume goes. The StatefulSet makes pod and claim anew, and these wait for the volume at its new place. Nothing is deleted of a pod that has started meanwhile.
 *
 * @throws when the cluster refuses, when a pod has started meanwhile, or when a claim does not go.
 */
export async function letGo(access: ClusterAccess, namespace: string, volumes: readonly FoundVolume[]): Promise<void> {
  if (volumes.length === 0) return;
  const core = await ask("to let go of claims", () => coreApi(access));
  for (const volume of volumes) await letGoOf(core, namespace, volume.claim);
}

async function letGoOf(core: CoreV1Api, namespace: string, name: string): Promise<void> {
  const of = `claim ${namespace}/${name}`;
  const claim = await ask(`for the ${of}`, () => orNone(core.readNamespacedPersistentVolumeClaim({ namespace, name })));
  const uid = claim?.metadata?.uid;
  if (uid === undefined) return;
  const users = async () => (await core.listNamespacedPod({ namespace })).items.filter((pod) => uses(pod, name));
  if ((await users()).some(hasStarted)) throw new Error(`a server has started on the ${of} just now; run this again`);
  await gone(core.deleteNamespacedPersistentVolumeClaim({ namespace, name, body: { preconditions: { uid } } }), of);
  for (const { metadata } of await users()) {
    const pod = { name: metadata?.name ?? "", namespace, body: { preconditions: { uid: metadata?.uid ?? "" } } };
    await gone(core.deleteNamespacedPod(pod), `pod ${namespace}/${pod.name}`);
  }
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const left = await ask(`for the ${of}`, () =>
      orNone(core.readNamespacedPersistentVolumeClaim({ namespace, name })),
    );
    if (left?.metadata?.uid !== uid) break;
    if (Date.now() > end)
      throw new Error(`the ${of} does not go: a pod holds it, see kubectl describe pvc -n ${namespace} ${name}`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  await pulumi.log.info(`no server ever started on the ${of}: it was deleted, and is made anew for its new place`);
}

/** Deletes; what is gone already is no error. */
async function gone(deletion: Promise<unknown>, what: string): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (statusOf(error) !== 404)
      throw new Error(`${what} could not be deleted: ${apiMessage(error)}`, { cause: error });
  }
}
