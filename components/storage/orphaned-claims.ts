import * as pulumi from "@pulumi/pulumi";
import { ask, orNone } from "../kubernetes/ask";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { coreApi } from "../kubernetes/core-api";
import { judgedAnew } from "../kubernetes/deletion";
import { uses } from "../kubernetes/pod-state";
import { deleteClaim } from "./delete-claim";

/** Label of everything that the stack makes; what a StatefulSet makes from its template has the labels of its selector only. */
const MADE = "app.kubernetes.io/part-of";

/**
 * Deletes a claim that a StatefulSet has made for a server that somebody added by hand, and that was taken away since. It waits for a volume that nobody makes, and is in the way of the one that comes
 * with a volume.
 *
 * @returns whether there was one.
 * @throws when the cluster does not say, or refuses.
 */
export function deleteOrphanedClaim(access: ClusterAccess, namespace: string, name: string): Promise<boolean> {
  return judgedAnew(() => judgeStray(access, namespace, name));
}

async function judgeStray(access: ClusterAccess, namespace: string, name: string): Promise<boolean> {
  const core = await coreApi(access);
  // Nobody can look, and a warning said so: the claim that is to be made will be refused, for one of its name exists.
  if (core === undefined) return false;
  const { claim, pods } = await ask(`for the claim ${namespace}/${name}`, async () => ({
    claim: await orNone(core.readNamespacedPersistentVolumeClaim({ namespace, name })),
    pods: (await core.listNamespacedPod({ namespace })).items.filter((pod) => uses(pod, name)),
  }));
  if (claim === null) return false;
  const bound = (claim.spec?.volumeName ?? "") !== "";
  if (bound || claim.metadata?.labels?.[MADE] !== undefined) return false;
  // Somebody waits for it: the StatefulSet would make it anew at once.
  if (pods.length > 0) return false;
  await deleteClaim(core, claim);
  return true;
}

/** A hook that does so right before a volume is made: it would be bound to that claim. */
export function orphanedClaimHook(name: string, access: ClusterAccess): pulumi.ResourceHook {
  return new pulumi.ResourceHook(name, async ({ newInputs }) => {
    const { claimRef } = (newInputs as { spec: { claimRef: { namespace: string; name: string } } }).spec;
    if (await deleteOrphanedClaim(access, claimRef.namespace, claimRef.name)) {
      await pulumi.log.info(
        `the claim ${claimRef.namespace}/${claimRef.name} was deleted: a StatefulSet had made it for a server that was added by hand`,
      );
    }
  });
}
