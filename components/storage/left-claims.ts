import type { AppsV1Api, CoreV1Api, V1PersistentVolumeClaim } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import { notYet, until } from "../../waiting";
import { ask, orNone } from "../kubernetes/ask";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { appsApi, coreApi, NEEDS_NODE, runsClient } from "../kubernetes/core-api";
import { judgedAnew } from "../kubernetes/deletion";
import { isPart, PART_OF_SELECTOR } from "../kubernetes/part-of";
import { uses } from "../kubernetes/pod-state";
import type { Scope } from "../kubernetes/scope";
import { deleteClaim } from "./delete-claim";
import type { PoolStorage } from "./plan";

/**
 * Annotation of claims, and of their StatefulSet, that the stack deletes once their server has left for good. Claims of servers that left while
 * `whenScaled` was `retain` do not have it, and stay.
 */
export const DELETED_WHEN_SCALED = { "kafka-stack/when-scaled": "delete" };

const [[ANNOTATION, DELETE]] = Object.entries(DELETED_WHEN_SCALED) as [[string, string]];

/** How long the pod of a server that left may take to go, in milliseconds: longer than any grace period that the config allows by default. */
const PATIENCE_MS = 10 * 60_000;

/** A pool of servers, whose claims end in its name and the server's ordinal. */
export interface LeftPool {
  /** Name of the StatefulSet. */
  readonly pool: string;
  /** Servers that stay: the claims of those with this ordinal, and higher ones, go. */
  readonly replicas: number;
}

/** Whether claims of servers that leave are deleted: only those of a StorageClass can be. */
export const deletesLeft = ({ type, whenScaled }: PoolStorage): boolean =>
  type === "storageClass" && whenScaled === "delete";

export interface LeftClaimsArgs extends Pick<Scope, "namespace" | "instance"> {
  /** The pools whose `whenScaled` is `delete`. */
  readonly pools: readonly LeftPool[];
  /** Changes whenever servers may have left for good. */
  readonly left: pulumi.Input<string>;
  /** The provider's cluster. @default claims stay unless their `whenDeleted` is `delete`, and a warning says so */
  readonly cluster?: ClusterAccess | undefined;
}

/**
 * Deletes the claims of servers that have left, where `whenScaled` is `delete`. Kubernetes would delete them with their pods; but a partition may have
 * come to a broker between its drain and its end, and only its claim has that partition then. So it must depend on what makes sure that nothing is
 * assigned to them.
 *
 * It is a stash with a hook, which the engine calls when the stash is created or changed, and never in a preview. When the hook fails or the run is
 * interrupted, the stash stays as it was, and the next `up` calls the hook again.
 */
export class LeftClaims extends pulumi.ComponentResource {
  constructor(name: string, args: LeftClaimsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:storage:LeftClaims", name, {}, opts);
    const { namespace, instance, pools, left, cluster } = args;
    const why =
      cluster === undefined
        ? "the component was given a provider, and not its cluster; name it in the argument `cluster`"
        : runsClient()
          ? undefined
          : NEEDS_NODE;
    if (why !== undefined) {
      void pulumi.log.warn(
        `storage.whenScaled is delete, and the stack does not ask the cluster which claims of servers that left are there: ${why}. Until then, claims whose storage.whenDeleted is delete too go at the end of \`up\`, by Pulumi; all others stay, unless somebody deletes them`,
        this,
      );
    }
    const hook =
      cluster &&
      why === undefined &&
      new pulumi.ResourceHook(`${name}-deletion`, async ({ newInputs }) => {
        if (pulumi.runtime.isDryRun()) return;
        const { input } = newInputs as { input: { namespace: string; pools: LeftPool[] } };
        const gone = await deleteLeftClaims(cluster, { ...input, instance });
        if (gone.length > 0) {
          await pulumi.log.info(`deleted, as their servers have left (storage.whenScaled): ${gone.join(", ")}`);
        }
      });
    new pulumi.Stash(
      `${name}-gone`,
      // Once the cluster is known, what has stayed until then is deleted, whether anything else changes or not.
      { input: { namespace, pools, left, deletes: why === undefined } },
      { parent: this, ...(hook && { hooks: { beforeCreate: [hook], beforeUpdate: [hook] } }) },
    );
    this.registerOutputs({});
  }
}

/**
 * Deletes the marked claims of servers that are no longer wanted, once their pods are gone.
 *
 * @returns the names of those that it deleted.
 * @throws when the cluster does not answer or refuses, when such a server runs, and when a claim stays. What was not deleted stays, with its data.
 */
export async function deleteLeftClaims(
  access: ClusterAccess,
  {
    namespace,
    instance,
    pools,
  }: { readonly namespace: string; readonly instance: string; readonly pools: readonly LeftPool[] },
): Promise<readonly string[]> {
  const gone: string[] = [];
  try {
    const [core, apps] = await ask("which claims of servers are left", async () => {
      const clients = [await coreApi(access), await appsApi(access)] as const;
      return clients[0] && clients[1] && ([clients[0], clients[1]] as const);
    });
    const labelSelector = `${PART_OF_SELECTOR},app.kubernetes.io/instance=${instance}`;
    const { items } = await ask("which claims of servers are left", () =>
      core.listNamespacedPersistentVolumeClaim({ namespace, labelSelector }),
    );
    for (const pool of pools) {
      for (const claim of items.filter((each) => isLeft(each, pool))) {
        if (await deleteLeft({ core, apps }, namespace, nameOf(claim), pool)) gone.push(nameOf(claim));
      }
    }
    return gone;
  } catch (error) {
    const kept = "Claims that were not deleted stay, with their data; the next `up` deletes them";
    throw new Error(
      `the claims of servers that have left could not be deleted: ${(error as Error).message}. ${kept}.`,
      {
        cause: error,
      },
    );
  }
}

interface Clients {
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
}

/** @returns false when it is gone, or no longer marked, by now. */
async function deleteLeft({ core, apps }: Clients, namespace: string, name: string, pool: LeftPool): Promise<boolean> {
  await refuseIfScaled(apps, namespace, pool);
  await unused(core, { namespace, name });
  return judgedAnew(async () => {
    const { claim } = await ask(`for the claim ${namespace}/${name}`, async () => ({
      claim: await orNone(core.readNamespacedPersistentVolumeClaim({ namespace, name })),
    }));
    if (claim === null || !isLeft(claim, pool)) return false;
    await refuseIfScaled(apps, namespace, pool);
    await deleteClaim(core, claim);
    return true;
  });
}

/** @throws when a pool has servers that are not wanted, which may have data again. */
async function refuseIfScaled(apps: AppsV1Api, namespace: string, { pool, replicas }: LeftPool): Promise<void> {
  const { spec } = await ask(`how many servers ${pool} has`, () =>
    apps.readNamespacedStatefulSet({ namespace, name: pool }),
  );
  const running = spec?.replicas ?? 1;
  if (running <= replicas) return;
  throw new Error(
    `the StatefulSet ${namespace}/${pool} has ${running} servers and should have ${replicas}: somebody scaled it meanwhile, and its servers may have data again`,
  );
}

/** Phases of pods that have ended for good: Kubernetes, too, deletes claims that only such pods name. */
const ENDED: ReadonlySet<string | undefined> = new Set(["Succeeded", "Failed"]);

/** Waits until no pod uses a claim. */
async function unused(core: CoreV1Api, { namespace, name }: { namespace: string; name: string }): Promise<void> {
  const what = `no pod uses the claim ${namespace}/${name}`;
  const free = async () => {
    const { items } = await ask(`who uses the claim ${namespace}/${name}`, () => core.listNamespacedPod({ namespace }));
    const user = items.find((pod) => uses(pod, name) && !ENDED.has(pod.status?.phase));
    return user === undefined || notYet(`the pod ${user.metadata?.name ?? ""} does`);
  };
  await until(free, { what, timeout: PATIENCE_MS, interval: 1_000 });
}

const nameOf = ({ metadata }: V1PersistentVolumeClaim): string => metadata?.name ?? "";

/** Whether the stack made and marked a claim for a server that is not wanted any more. */
function isLeft({ metadata }: V1PersistentVolumeClaim, { pool, replicas }: LeftPool): boolean {
  const ordinal = new RegExp(`^data-\\d+-${pool}-(\\d+)$`).exec(metadata?.name ?? "")?.[1];
  const marked = isPart(metadata?.labels) && metadata?.annotations?.[ANNOTATION] === DELETE;
  return marked && ordinal !== undefined && Number(ordinal) >= replicas;
}
