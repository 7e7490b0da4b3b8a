import type { CoreV1Api } from "@kubernetes/client-node";
import { apiMessage, statusOf } from "../kubernetes/api-error";
import { ask, orNone } from "../kubernetes/ask";

/** How long a pod without running containers may hold a claim: the kubelet gives up a mount that hangs after two minutes. */
const PATIENCE_MS = 10 * 60_000;

/** A claim as it was seen. */
export interface SeenClaim {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/**
 * Deletes this very claim and waits until it is gone. Another one under its name is not touched.
 *
 * @param release makes those go that hold the claim, once it is marked as deleted and nobody new gets it.
 * @throws when the cluster refuses, when it does not answer, or when the claim does not go.
 */
export async function deleteClaim(
  core: CoreV1Api,
  { namespace, name, uid }: SeenClaim,
  release: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const what = `claim ${namespace}/${name}`;
  await deletion(
    core.deleteNamespacedPersistentVolumeClaim({ namespace, name, body: { preconditions: { uid } } }),
    what,
  );
  await release();
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const left = await ask(`for the ${what}`, async () => ({
      claim: await orNone(core.readNamespacedPersistentVolumeClaim({ namespace, name })),
    }));
    if (left.claim?.metadata?.uid !== uid) return;
    if (Date.now() > end) {
      throw new Error(`the ${what} does not go: a pod holds it; kubectl describe pvc -n ${namespace} ${name} names it`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

/** Waits for a deletion; what is gone already is no error. @throws when the cluster refuses, naming what */
export async function deletion(request: Promise<unknown>, what: string): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (statusOf(error) !== 404)
      throw new Error(`${what} could not be deleted: ${apiMessage(error)}`, { cause: error });
  }
}
