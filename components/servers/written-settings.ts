import type { CoreV1Api } from "@kubernetes/client-node";
import { RESTART_HASH, type RestartSettings } from "./restart-reasons";

/** Key of the settings in the ConfigMap that says what a restart hash stands for. */
export const SETTINGS_KEY = "settings.json";

/** The label and the data of a ConfigMap that may be one of these. */
export interface SettingsMap {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } | undefined;
  readonly data?: Readonly<Record<string, string>> | undefined;
}

/** The settings that a hash stands for, of ConfigMaps among which theirs may be; undefined when it is not. */
export function settingsIn(maps: readonly SettingsMap[], hash: string): RestartSettings | undefined {
  const text = maps.find(({ metadata: { labels = {} } = {} }) => labels[RESTART_HASH] === hash)?.data?.[SETTINGS_KEY];
  return text === undefined ? undefined : (JSON.parse(text) as RestartSettings);
}

/** Looks up all settings that are written down in a namespace. @throws what the cluster answers */
export async function readRestartSettings(core: CoreV1Api, namespace: string): Promise<readonly SettingsMap[]> {
  return (await core.listNamespacedConfigMap({ namespace, labelSelector: RESTART_HASH })).items;
}
