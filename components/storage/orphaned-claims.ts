import * as pulumi from "@pulumi/pulumi";
import { ask, orNone } from "../kubernetes/ask";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { coreApi } from "../kubernetes/core-api";
import { judgedAnew } from "../kubernetes/deletion";
import { hasPart } from "../kubernetes/part-of";
import { uses } from "../kubernetes/pod-state";
import { deleteClaim } from "./delete-claim";

/**
 * Deletes a claim that a StatefulSet created for a server that somebody added by hand and that has been removed since. It waits for a volume that
 * nobody creates, and is in the way of the claim with a volume.
 *
 * @returns whether there was one.
 * @throws when the cluster does not answer, or refuses.
 */
export function deleteOrphanedClaim(access: ClusterAccess, namespace: string, name: string): Promise<boolean> {
  return judgedAnew(() => judgeStray(access, namespace, name));
}

async function judgeStray(access: ClusterAccess, namespace: string, name: string): Promise<boolean> {
  const core = await coreApi(access);
  // Without a client nobody can check, and a warning said so. The creation of the claim will be refused, because its name is taken.
  if (core === undefined) return false;
  const { claim, pods } = await ask(`for the claim ${namespace}/${name}`, async () => ({
    claim: await orNone(core.readNamespacedPersistentVolumeClaim({ namespace, name })),
    pods: (await core.listNamespacedPod({ namespace })).items.filter((pod) => uses(pod, name)),
  }));
  if (claim === null) return false;
  const bound = (claim.spec?.volumeName ?? "") !== "";
  if (bound || hasPart(claim.metadata?.labels)) return false;
  // Somebody waits for it: the StatefulSet would recreate it at once.
  if (pods.length > 0) return false;
  await deleteClaim(core, claim);
  return true;
}

/** A hook that does this right before the creation of a volume, which would be bound to that claim. */
export function orphanedClaimHook(name: string, access: ClusterAccess): pulumi.ResourceHook {
  return new pulumi.ResourceHook(name, async ({ newInputs }) => {
    const { claimRef } = (newInputs as { spec: { claimRef: { namespace: string; name: string } } }).spec;
    if (await deleteOrphanedClaim(access, claimRef.namespace, claimRef.name)) {
      await pulumi.log.info(
        `the claim ${claimRef.namespace}/${claimRef.name} was deleted: a StatefulSet had created it for a server that was added by hand`,
      );
    }
  });
}
