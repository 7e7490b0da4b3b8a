import type { CoreV1Api, V1PersistentVolumeClaim } from "@kubernetes/client-node";
import { notYet, until } from "../../waiting";
import { ask, orNone } from "../kubernetes/ask";
import { asJudged, deletion } from "../kubernetes/deletion";

/** How long a pod without running containers may hold a claim, in milliseconds: the kubelet gives up a hanging mount after two minutes. */
const PATIENCE_MS = 10 * 60_000;

/**
 * Deletes a claim that was judged, and waits until it is gone. A changed or recreated claim is not touched: call this within `judgedAnew`.
 *
 * @param release deletes what holds the claim, once the claim is marked for deletion and nobody new can get it.
 * @throws when the cluster refuses or does not answer, or when the claim stays.
 */
export async function deleteClaim(
  core: CoreV1Api,
  { metadata }: V1PersistentVolumeClaim,
  release: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const { namespace, name, uid } = metadata ?? {};
  if (namespace === undefined || name === undefined)
    throw new Error("A claim without a name and a namespace does not exist.");
  const what = `claim ${namespace}/${name}`;
  await deletion(core.deleteNamespacedPersistentVolumeClaim({ namespace, name, body: asJudged(metadata) }), what);
  await release();
  const gone = async () => {
    const left = await ask(`for the ${what}`, async () => ({
      claim: await orNone(core.readNamespacedPersistentVolumeClaim({ namespace, name })),
    }));
    return left.claim?.metadata?.uid !== uid || notYet("a pod holds it");
  };
  const late = (why: string) => `the ${what} stays: ${why}; kubectl describe pvc -n ${namespace} ${name} names the pod`;
  await until(gone, { what: `the ${what} is gone`, timeout: PATIENCE_MS, interval: 1_000, late });
}
