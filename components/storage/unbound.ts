import type { V1PersistentVolumeClaim } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import { ask, orNone } from "../kubernetes/ask";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { coreApi } from "../kubernetes/core-api";
import { judgedAnew } from "../kubernetes/deletion";
import { deleteClaim } from "./delete-claim";

/** A claim of a StorageClass that is about to be created. */
export interface WantedClaim {
  readonly namespace: string;
  readonly name: string;
  /** @default the cluster's default class */
  readonly className?: string | undefined;
  readonly accessMode?: string | undefined;
}

/**
 * Deletes an unbound claim with the name of a new one that requests another class or access mode: claims of a StorageClass outlive their stack and
 * are adopted, but these fields are immutable. A bound claim has a volume, and is left alone.
 *
 * @returns whether there was one.
 * @throws when the cluster does not answer, or refuses.
 */
export function deleteUnbound(access: ClusterAccess, wanted: WantedClaim): Promise<boolean> {
  return judgedAnew(() => judgeUnbound(access, wanted));
}

async function judgeUnbound(access: ClusterAccess, wanted: WantedClaim): Promise<boolean> {
  const { namespace, name } = wanted;
  const found = await ask(`for the claim ${namespace}/${name}`, async () => {
    const core = await coreApi(access);
    return core && { core, claim: await orNone(core.readNamespacedPersistentVolumeClaim({ namespace, name })) };
  });
  if (!found.claim || !isOther(found.claim, wanted)) return false;
  await deleteClaim(found.core, found.claim);
  return true;
}

function isOther({ spec }: V1PersistentVolumeClaim, { className, accessMode }: WantedClaim): boolean {
  const bound = (spec?.volumeName ?? "") !== "";
  return !bound && (spec?.storageClassName !== className || spec?.accessModes?.[0] !== accessMode);
}

/** A hook that does this right before a claim is created: until then its pod waits for it, and a StatefulSet would recreate a missing one itself. */
export function unboundHook(name: string, access: ClusterAccess): pulumi.ResourceHook {
  return new pulumi.ResourceHook(name, async ({ newInputs }) => {
    const { metadata, spec } = newInputs as {
      metadata: { namespace: string; name: string };
      spec: { storageClassName?: string; accessModes?: string[] };
    };
    const wanted = { ...metadata, className: spec.storageClassName, accessMode: spec.accessModes?.[0] };
    if (await deleteUnbound(access, wanted)) {
      await pulumi.log.info(
        `the claim ${wanted.namespace}/${wanted.name}, which never had a volume, was deleted: its request has changed`,
      );
    }
  });
}
