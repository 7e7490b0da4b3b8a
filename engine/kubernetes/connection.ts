/** The cluster in a provider's config. */
import { textSetting } from "../providers";
import { hasUnknown, type PropertyMap } from "../values";
import { KubeClient, type Connection } from "./client";
import { Unreachable } from "./http";

/** The cluster in a provider's config. */
export function connectionOf(config: PropertyMap, env: NodeJS.ProcessEnv): Connection {
  const kubeconfig = textSetting(config, "kubeconfig");
  const context = textSetting(config, "context");
  const cluster = textSetting(config, "cluster");
  const namespace = textSetting(config, "namespace");
  return {
    env,
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(context !== undefined && { context }),
    ...(cluster !== undefined && { cluster }),
    ...(namespace !== undefined && { namespace }),
  };
}

/** The changes of a provider's config that name another cluster, which replaces everything on the old one. */
export function otherClusterPaths(old: PropertyMap, config: PropertyMap, env: NodeJS.ProcessEnv): string[] {
  const keys = ["kubeconfig", "context", "cluster"].filter((key) => old[key] !== config[key]);
  if (keys.length === 0) {
    return [];
  }
  if (hasUnknown(config)) {
    return keys;
  }
  try {
    const before = new KubeClient(connectionOf(old, env)).cluster;
    return before === new KubeClient(connectionOf(config, env)).cluster ? [] : keys;
  } catch (error) {
    // Without a kubeconfig nothing is known about its cluster.
    if (error instanceof Unreachable) return [];
    throw error;
  }
}
