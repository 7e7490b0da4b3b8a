import type { AppsV1Api, BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "./cluster-access";
import { loadKubeconfig } from "./kubeconfig";

/** The oldest Node.js that runs the library: major and minor. The program runs on older ones. */
const OLDEST_NODE = [22, 19] as const;

/** What is missing where there is no client, and what to do. */
export const NEEDS_NODE = `that needs Node.js ${OLDEST_NODE.join(".")} or later, and this is ${process.versions.node}: put a newer one first in PATH`;

/**
 * A client for what Pulumi cannot do. The library is loaded here and not with the program: that takes longer than a preview may.
 *
 * @returns undefined, after one warning, on a Node.js that is too old for the library.
 * @throws when there is no such kubeconfig or context.
 */
export async function coreApi(access: ClusterAccess): Promise<CoreV1Api | undefined> {
  const library = await (loading ??= load());
  return library && (await loadKubeconfig(new library.KubeConfig(), access)).makeApiClient(library.CoreV1Api);
}

/** The same for workloads. @returns undefined as {@link coreApi} does. @throws as it does */
export async function appsApi(access: ClusterAccess): Promise<AppsV1Api | undefined> {
  const library = await (loading ??= load());
  return library && (await loadKubeconfig(new library.KubeConfig(), access)).makeApiClient(library.AppsV1Api);
}

/** The same for Jobs. @returns undefined as {@link coreApi} does. @throws as it does */
export async function batchApi(access: ClusterAccess): Promise<BatchV1Api | undefined> {
  const library = await (loading ??= load());
  return library && (await loadKubeconfig(new library.KubeConfig(), access)).makeApiClient(library.BatchV1Api);
}

let loading: ReturnType<typeof load> | undefined;

async function load() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) {
    return import("@kubernetes/client-node");
  }
  await pulumi.log.warn(
    `The cluster is not asked what it holds, volumes that are Released are not freed, and Jobs that an interrupted run left at work are not ended: ${NEEDS_NODE}`,
  );
  return undefined;
}
