import { ask, orNone } from "../kubernetes/ask";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { appsApi, coreApi } from "../kubernetes/core-api";
import { ownedNamespace, type Owner, readNamespace } from "../kubernetes/owner";
import { PART_OF_SELECTOR } from "../kubernetes/part-of";
import { evidenceOf, type Evidence } from "./evidence";

/** Name of the ConfigMap that records reached settings. */
export const RECORD = "stack-choices";

/** Where a stack's objects are. */
export interface Whereabouts {
  /** Namespace of the servers and their claims. */
  readonly namespace: string;
  /** Namespace of the record. */
  readonly recordNamespace: string;
}

/**
 * Reads a cluster's evidence about a stack.
 *
 * @throws ClusterUnreachable when it is not reached; another error when it refuses, or when the record cannot be read.
 */
export async function readEvidence(
  access: ClusterAccess,
  { namespace, recordNamespace }: Whereabouts,
): Promise<Evidence> {
  const labelSelector = PART_OF_SELECTOR;
  const objects = await ask(`what it holds of the stack in namespace ${namespace}`, async () => {
    const [core, apps] = [await coreApi(access), await appsApi(access)];
    if (!core || !apps) return undefined;
    const [record, configuration, claims, volumes, pods, sets] = await Promise.all([
      orNone(core.readNamespacedConfigMap({ name: RECORD, namespace: recordNamespace })),
      orNone(core.readNamespacedConfigMap({ name: "kafka-config", namespace })),
      core.listNamespacedPersistentVolumeClaim({ namespace }),
      core.listPersistentVolume({ labelSelector }),
      core.listNamespacedPod({ namespace, labelSelector }),
      apps.listNamespacedStatefulSet({ namespace, labelSelector }),
    ]);
    const own = volumes.items.filter(({ spec }) => spec?.claimRef?.namespace === namespace);
    const nodes = own.some(({ spec }) => spec?.nodeAffinity) ? (await core.listNode()).items : [];
    return { record, configuration, claims: claims.items, volumes: own, pods: pods.items, sets: sets.items, nodes };
  });
  return evidenceOf(objects);
}

/** Whether a namespace of this stack exists. @throws as {@link readEvidence} does */
export async function isThere(access: ClusterAccess, name: string, owner: Owner): Promise<boolean> {
  const found = await readNamespace(access, name);
  return found !== null && ownedNamespace(found, owner) === "own";
}
