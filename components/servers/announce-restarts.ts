import * as pulumi from "@pulumi/pulumi";
import { apiMessage } from "../kubernetes/api-error";
import { ask } from "../kubernetes/ask";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { coreApi } from "../kubernetes/core-api";
import { listReasons, type PodTemplate, RESTART_HASH, restartReasons, type RestartSettings } from "./restart-reasons";
import { readRestartSettings, settingsIn, type SettingsMap } from "./written-settings";

/** A StatefulSet as Pulumi hands it to a hook. */
interface StatefulSetInputs {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly replicas: number; readonly template: PodTemplate };
}

/** What is known of the settings that servers read when they start. */
export interface KnownSettings {
  /** The new settings. @default changed settings are not named */
  readonly settings?: RestartSettings | undefined;
  /** The cluster, which holds a record of the previous settings. @default changed settings are not named */
  readonly cluster?: ClusterAccess | undefined;
}

/** A hook for right before a StatefulSet is changed, in a preview too: it says which servers restart, and why. */
export const announceRestarts = (name: string, known: KnownSettings): pulumi.ResourceHook =>
  new pulumi.ResourceHook(
    `${name}-announcing`,
    async ({ oldInputs, newInputs }) => {
      const text = await announcement(
        oldInputs as unknown as StatefulSetInputs,
        newInputs as unknown as StatefulSetInputs,
        known,
      );
      if (text !== undefined) await pulumi.log.info(text);
    },
    { onDryRun: true },
  );

/** Which servers a change of a StatefulSet restarts, and why; undefined when none. */
export async function announcement(
  before: StatefulSetInputs,
  after: StatefulSetInputs,
  { settings, cluster }: KnownSettings,
): Promise<string | undefined> {
  const { name, namespace } = before.metadata;
  const [was, is] = [before, after].map(({ spec }) => hashOf(spec.template));
  const former = was === is || cluster === undefined ? [] : await formerSettings(cluster, namespace);
  const reasons = restartReasons(before.spec.template, after.spec.template, (hash) =>
    hash === is ? settings : settingsIn(former, hash),
  );
  const staying = Math.min(before.spec.replicas, after.spec.replicas);
  if (reasons.length === 0 || staying === 0) return undefined;
  const servers = staying === 1 ? `${name}-0 restarts` : `${name}-0 to ${name}-${staying - 1} restart one by one`;
  return `${servers}: ${listReasons(reasons)}`;
}

function hashOf({ metadata }: PodTemplate): string | undefined {
  return (metadata as { annotations?: Record<string, string> } | undefined)?.annotations?.[RESTART_HASH];
}

/** The reason is news and no check: a cluster that does not tell the former settings stops no change. */
async function formerSettings(cluster: ClusterAccess, namespace: string): Promise<readonly SettingsMap[]> {
  try {
    return await ask(`which settings the servers in ${namespace} have`, async () => {
      const core = await coreApi(cluster);
      return core && readRestartSettings(core, namespace);
    });
  } catch (error) {
    await pulumi.log.warn(`The report does not name the settings that changed: ${apiMessage(error)}`);
    return [];
  }
}
