import type { AppsV1Api, BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "./cluster-access";
import { loadKubeconfig } from "./kubeconfig";

/** The oldest Node.js that runs the library: major and minor. The program itself runs on older ones. */
const OLDEST_NODE = [22, 19] as const;

/** What is missing without a client, and what to do. */
export const NEEDS_NODE = `that needs Node.js ${OLDEST_NODE.join(".")} or later, and this is ${process.versions.node}: put a newer one first in PATH`;

/** Whether this Node.js runs the library: without it nothing is asked, and clients are undefined. */
export function runsClient(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
}

/**
 * A client for what Pulumi cannot do. The library is loaded here and not with the program, because loading takes longer than a preview should.
 *
 * @returns undefined, after one warning, on a Node.js that is too old for the library.
 * @throws when the kubeconfig or context does not exist.
 */
export async function coreApi(access: ClusterAccess): Promise<CoreV1Api | undefined> {
  const library = await (loading ??= load());
  return library && (await loadKubeconfig(new library.KubeConfig(), access)).makeApiClient(library.CoreV1Api);
}

/** The client for workloads. @returns undefined as {@link coreApi} does. @throws as it does */
export async function appsApi(access: ClusterAccess): Promise<AppsV1Api | undefined> {
  const library = await (loading ??= load());
  return library && (await loadKubeconfig(new library.KubeConfig(), access)).makeApiClient(library.AppsV1Api);
}

/** The client for Jobs. @returns undefined as {@link coreApi} does. @throws as it does */
export async function batchApi(access: ClusterAccess): Promise<BatchV1Api | undefined> {
  const library = await (loading ??= load());
  return library && (await loadKubeconfig(new library.KubeConfig(), access)).makeApiClient(library.BatchV1Api);
}

let loading: ReturnType<typeof load> | undefined;

async function load() {
  if (runsClient()) return import("@kubernetes/client-node");
  await pulumi.log.warn(
    `The cluster is not asked what it holds, Released volumes are not freed, and running Jobs of an interrupted run are not ended: ${NEEDS_NODE}`,
  );
  return undefined;
}
