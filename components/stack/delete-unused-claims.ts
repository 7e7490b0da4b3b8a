import type { CoreV1Api, V1Pod } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import { GaveUp, until } from "../../waiting";
import { ask, orNone } from "../kubernetes/ask";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { coreApi } from "../kubernetes/core-api";
import { asJudged, deletion, judgedAnew } from "../kubernetes/deletion";
import { deleteClaim } from "../storage/delete-claim";
import { hasStarted, uses } from "../kubernetes/pod-state";
import type { FoundVolume } from "./evidence";

/** How long a StatefulSet may take to recreate a claim, in milliseconds: it retries within seconds. */
const PATIENCE_MS = 2 * 60_000;

/**
 * Deletes the claims of volumes that belong elsewhere and on which no server ever started, with the pods that wait for them: while a pod holds a
 * claim, neither the claim nor its volume can go. The StatefulSet recreates pod and claim, which wait for the volume at its new place.
 *
 * Claims of a StorageClass are not included: those are deleted right before their creation (`unboundHook`).
 *
 * @throws when the cluster refuses, when a pod has started or a claim was recreated meanwhile, or when a claim stays.
 */
export async function deleteUnusedClaims(
  access: ClusterAccess,
  namespace: string,
  volumes: readonly FoundVolume[],
): Promise<void> {
  const placed = volumes.filter(({ type }) => type !== "storageClass");
  if (placed.length === 0) return;
  const core = await ask("to let go of claims", () => coreApi(access));
  for (const volume of placed) await deleteUnusedClaim(core, namespace, volume);
}

async function deleteUnusedClaim(
  core: CoreV1Api,
  namespace: string,
  { claim: name, claimUid }: FoundVolume,
): Promise<void> {
  const what = `claim ${namespace}/${name}`;
  const waiting = await judgedAnew(async () => {
    const claim = await ask(`for the ${what}`, async () => ({
      there: await orNone(core.readNamespacedPersistentVolumeClaim({ namespace, name })),
    }));
    if (claim.there === null) return undefined;
    // Nobody has judged this one.
    if (claim.there.metadata?.uid !== claimUid) throw new Error(`the ${what} was recreated just now; run this again`);
    const pods = await podsOf(core, namespace, name);
    const uids = pods.map(({ metadata }) => metadata?.uid);
    await deleteClaim(core, claim.there, () =>
      judgedAnew(async () => {
        for (const pod of await podsOf(core, namespace, name)) {
          if (!uids.includes(pod.metadata?.uid)) continue;
          const podName = pod.metadata?.name ?? "";
          const body = asJudged(pod.metadata);
          await deletion(core.deleteNamespacedPod({ namespace, name: podName, body }), `pod ${namespace}/${podName}`);
        }
      }),
    );
    return pods;
  });
  if (waiting === undefined) return;
  if (waiting.length > 0) await madeAnew(core, { namespace, name });
  await pulumi.log.info(
    `no server ever started on the ${what}: it was deleted, and is created again for its new place`,
  );
}

/** The pods that wait for a claim. @throws when one has started */
async function podsOf(core: CoreV1Api, namespace: string, claim: string): Promise<readonly V1Pod[]> {
  const what = `claim ${namespace}/${claim}`;
  const { items } = await ask(`who waits for the ${what}`, () => core.listNamespacedPod({ namespace }));
  const pods = items.filter((pod) => uses(pod, claim));
  if (pods.some(hasStarted)) throw new Error(`a server has started on the ${what} just now; run this again`);
  return pods;
}

/**
 * Waits until the StatefulSet has recreated a claim: otherwise the engine might find none and create one at the same time. The wait has a limit,
 * because the StatefulSet may be gone.
 */
async function madeAnew(core: CoreV1Api, claim: { readonly namespace: string; readonly name: string }): Promise<void> {
  const what = `claim ${claim.namespace}/${claim.name}`;
  const made = async () => {
    const found = await ask(`for the ${what}`, async () => ({
      claim: await orNone(core.readNamespacedPersistentVolumeClaim(claim)),
    }));
    return found.claim ?? undefined;
  };
  await until(made, { what: `the ${what} is there again`, timeout: PATIENCE_MS }).catch((error: unknown) => {
    if (!(error instanceof GaveUp)) throw error;
  });
}
