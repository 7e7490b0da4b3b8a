/** Lists the servers of a stack that must still restart, each with the reason. `npm run ops -- status` shows it after Kafka's own status. */
import { AppsV1Api, CoreV1Api, type KubeConfig, type V1Pod, type V1StatefulSet } from "@kubernetes/client-node";
import { PART_OF_SELECTOR } from "../components/kubernetes/part-of";
import { listReasons, type PodTemplate, restartReasons } from "../components/servers/restart-reasons";
import { readRestartSettings, settingsIn } from "../components/servers/written-settings";

/** The label of a pod with the revision of the StatefulSet that it was created from. */
const REVISION = "controller-revision-hash";

/**
 * One line for each server whose pod was created from an older template than its StatefulSet has now: `broker-1 restarts: kafka.heap changed from 512m to 1g`.
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
  // All servers of a StatefulSet get the same new revision, and most have the same old one, so few are read.
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

/** The pod, when it belongs to this StatefulSet and was created from an older template; else nothing. */
function outdated(set: V1StatefulSet, { metadata }: V1Pod) {
  const own = metadata?.ownerReferences?.some(({ uid }) => uid === set.metadata?.uid) ?? false;
  const [server, runsBy, shallRunBy] = [metadata?.name, metadata?.labels?.[REVISION], set.status?.updateRevision];
  if (!own || server === undefined || runsBy === undefined || shallRunBy === undefined || runsBy === shallRunBy)
    return [];
  return [{ server, runsBy, shallRunBy }];
}
