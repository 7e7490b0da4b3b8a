import type { CoreV1Api, V1PersistentVolume } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import { apiMessage, isNotFound, statusOf } from "../kubernetes/api-error";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { coreApi } from "../kubernetes/core-api";

/** A claim that is about to be created, and the volume that it names. */
export interface VolumeClaim {
  readonly namespace: string;
  readonly name: string;
  /** Name of the PersistentVolume. */
  readonly volumeName: string;
}

/**
 * Frees a `Released` volume: its reference has the uid of an earlier claim of this name, so the new claim would wait for ever. Without the uid the
 * volume accepts any claim of the name. A volume in another phase, or of another claim, is not touched.
 *
 * Where there is nothing to ask (no kubeconfig, no answer, no such volume) it does nothing: the creation of the claim comes next, needs the same, and
 * reports the error.
 *
 * @returns whether the volume was freed.
 * @throws when the cluster refuses, or when somebody else changed the volume meanwhile.
 */
export async function freeReleased(access: ClusterAccess, claim: VolumeClaim): Promise<boolean> {
  const found = await find(access, claim.volumeName);
  const { namespace, name, uid, resourceVersion } = found?.volume.spec?.claimRef ?? {};
  const own = namespace === claim.namespace && name === claim.name;
  if (!found || found.volume.status?.phase !== "Released" || !own || uid === undefined) return false;
  const patch = [
    { op: "test", path: "/spec/claimRef/uid", value: uid },
    { op: "remove", path: "/spec/claimRef/uid" },
    ...(resourceVersion === undefined ? [] : [{ op: "remove", path: "/spec/claimRef/resourceVersion" }]),
  ];
  try {
    await found.core.patchPersistentVolume({ name: claim.volumeName, body: patch });
  } catch (error) {
    // The API server answers a failed test of a JSON patch with 422 and no details.
    const changed = [409, 422].includes(statusOf(error) ?? 0);
    const why = changed ? "somebody else changed it meanwhile, so run this again" : apiMessage(error);
    throw new Error(
      `PersistentVolume ${claim.volumeName}, which is Released, could not be freed for the claim ${claim.namespace}/${claim.name}: ${why}`,
      { cause: error },
    );
  }
  return true;
}

async function find(
  access: ClusterAccess,
  name: string,
): Promise<{ core: CoreV1Api; volume: V1PersistentVolume } | undefined> {
  try {
    const core = await coreApi(access);
    return core && { core, volume: await core.readPersistentVolume({ name }) };
  } catch (error) {
    if (statusOf(error) === undefined || isNotFound(error)) return undefined;
    throw new Error(`PersistentVolume ${name} cannot be read: ${apiMessage(error)}`, { cause: error });
  }
}

/**
 * A hook that frees a claim's volume right before the claim is created, for claims that name their volume (hostPath and NFS): the volume exists by
 * then, and nothing waits for the claim yet. No backend leaves the creation of claims to Kubernetes. A StatefulSet creates one only in place of a
 * claim that was deleted behind Pulumi's back, which Pulumi learns by a refresh; the preflight finds such a claim. Claims of a StorageClass name no
 * volume.
 */
export function freeingHook(name: string, access: ClusterAccess): pulumi.ResourceHook {
  return new pulumi.ResourceHook(name, async ({ newInputs }) => {
    const claim = claimOf(newInputs);
    if (claim && (await freeReleased(access, claim))) {
      await pulumi.log.info(
        `PersistentVolume ${claim.volumeName} was Released, and is free again for the claim ${claim.namespace}/${claim.name}`,
      );
    }
  });
}

/** The names in a claim's inputs; undefined when it names no volume. */
function claimOf(inputs: unknown): VolumeClaim | undefined {
  const { metadata, spec } = inputs as {
    metadata?: { namespace?: string; name?: string };
    spec?: { volumeName?: string };
  };
  const [namespace, name, volumeName] = [metadata?.namespace, metadata?.name, spec?.volumeName];
  return namespace && name && volumeName ? { namespace, name, volumeName } : undefined;
}
