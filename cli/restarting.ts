/** Which servers of a stack are still to restart, and why: what `npm run ops -- status` says beside what Kafka knows. */
import { AppsV1Api, CoreV1Api, type KubeConfig, type V1Pod, type V1StatefulSet } from "@kubernetes/client-node";
import { PART_OF_SELECTOR } from "../components/kubernetes/part-of";
import { listReasons, type PodTemplate, restartReasons } from "../components/servers/restart-reasons";
import { readRestartSettings, settingsIn } from "../components/servers/written-settings";

/** Label of a pod that names the revision of its StatefulSet that it runs by. */
const REVISION = "controller-revision-hash";

/**
 * One line for each server that runs by an older template than its StatefulSet has: `broker-1 restarts: kafka.heap changed from 512m to 1g`.
 *
 * @throws what the cluster answers.
 */
export async function restartingServers(config: KubeConfig, namespace: string): Promise<string[]> {
  const [core, apps] = [config.makeApiClient(CoreV1Api), config.makeApiClient(AppsV1Api)];
  const [sets, pods] = await Promise.all([
    apps.listNamespacedStatefulSet({ namespace, labelSelector: PART_OF_SELECTOR }),
    core.listNamespacedPod({ namespace, labelSelector: PART_OF_SELECTOR }),
  ]);
  const waiting = sets.items.flatMap((set) => pods.items.flatMap((pod) => outdated(set, pod)));
  if (waiting.length === 0) return [];
  const settings = await readRestartSettings(core, namespace);
  // All servers of a set wait for the same revision, and most run by the same one.
  const revisions = new Set(waiting.flatMap(({ runsBy, shallRunBy }) => [runsBy, shallRunBy]));
  const templates = new Map(
    await Promise.all(
      [...revisions].map(async (name): Promise<[string, PodTemplate]> => {
        const revision = await apps.readNamespacedControllerRevision({ name, namespace });
        return [name, (revision.data as { spec: { template: PodTemplate } }).spec.template];
      }),
    ),
  );
  return waiting.map(({ server, runsBy, shallRunBy }) => {
    const [before, after] = [templates.get(runsBy), templates.get(shallRunBy)];
    const reasons = before && after ? restartReasons(before, after, (hash) => settingsIn(settings, hash)) : [];
    return `${server} restarts: ${reasons.length > 0 ? listReasons(reasons) : "its pod template changed"}`;
  });
}

/** A pod of a StatefulSet that has not got its newest template yet. */
function outdated(set: V1StatefulSet, { metadata }: V1Pod) {
  const own = metadata?.ownerReferences?.some(({ uid }) => uid === set.metadata?.uid) ?? false;
  const [server, runsBy, shallRunBy] = [metadata?.name, metadata?.labels?.[REVISION], set.status?.updateRevision];
  if (!own || server === undefined || runsBy === undefined || shallRunBy === undefined || runsBy === shallRunBy)
    return [];
  return [{ server, runsBy, shallRunBy }];
}
