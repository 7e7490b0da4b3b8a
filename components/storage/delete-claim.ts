import type { CoreV1Api, V1PersistentVolumeClaim } from "@kubernetes/client-node";
import { ask, orNone } from "../kubernetes/ask";
import { asJudged, deletion } from "../kubernetes/deletion";

/** How long a pod without running containers may hold a claim: the kubelet gives up a mount that hangs after two minutes. */
const PATIENCE_MS = 10 * 60_000;

/**
 * Deletes a claim as it was judged and waits until it is gone. Another one under its name, or what it has become since, is not touched: call it within `judgedAnew`.
 *
 * @param release makes those go that hold the claim, once it is marked as deleted and nobody new gets it.
 * @throws when the cluster refuses, when it does not answer, or when the claim does not go.
 */
export async function deleteClaim(
  core: CoreV1Api,
  { metadata }: V1PersistentVolumeClaim,
  release: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const { namespace, name, uid } = metadata ?? {};
  if (namespace === undefined || name === undefined) throw new Error("A claim without a name and a namespace is none.");
  const what = `claim ${namespace}/${name}`;
  await deletion(core.deleteNamespacedPersistentVolumeClaim({ namespace, name, body: asJudged(metadata) }), what);
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
