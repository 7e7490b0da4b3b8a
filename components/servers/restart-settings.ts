import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { metadata, type Role, type Scope } from "../kubernetes/scope";
import { RESTART_HASH, type RestartSettings } from "./restart-reasons";
import { SETTINGS_KEY } from "./written-settings";

/**
 * Records which settings a restart hash stands for, in a ConfigMap with the hash as a label. Pulumi generates its name, so other settings make another object, and the old one
 * is deleted when all servers have the new settings. Until then the two tell why a server restarts. (In the pod's template the settings would once restart every server of
 * existing stacks.)
 */
export function restartSettings(
  name: string,
  scope: Scope,
  role: Role,
  { hash, settings }: { readonly hash: string; readonly settings: RestartSettings },
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.ConfigMap {
  const { labels, ...own } = metadata(scope, role);
  return new k8s.core.v1.ConfigMap(
    name,
    {
      metadata: { ...own, labels: { ...labels, [RESTART_HASH]: hash } },
      immutable: true,
      data: { [SETTINGS_KEY]: `${JSON.stringify(settings, null, 2)}\n` },
    },
    opts,
  );
}
