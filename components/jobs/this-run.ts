import type { V1Job } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import { isDeepStrictEqual } from "node:util";
import { apiMessage } from "../kubernetes/api-error";
import { ask } from "../kubernetes/ask";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { appsApi, batchApi, NEEDS_NODE } from "../kubernetes/core-api";
import { selector } from "../kubernetes/scope";
import { stopLeftoverJobs } from "./ended-jobs";
import { untilEnded } from "./job-end";
import { selectorText } from "./jobs";

/** Names of the Jobs that a change of servers requires. */
export interface RequiredJobs {
  /** Makes it safe for servers to leave. */
  readonly leaving: string;
  /**
   * Whether that Job runs once more right before servers leave, also when this run has created it: something may have come to them since. @default false
   */
  readonly lastLook?: boolean | undefined;
  /** Makes it safe to restart servers. @default none */
  readonly restarting?: string | undefined;
}

/** The Jobs' place, and how to reach it. */
export interface JobsArgs {
  /** Value of `app.kubernetes.io/instance`. */
  readonly instance: string;
  /** The provider's cluster. @default Jobs of an earlier run count as done */
  readonly cluster?: ClusterAccess | undefined;
}

/** The desired state of a StatefulSet. */
export interface Servers {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly replicas: number; readonly template: unknown };
}

/**
 * Jobs that a change of servers requires. The result of a Job of an earlier run may no longer be valid. If that run did not reach the servers, the
 * Job is in the state and is not created again; a copy of it then runs right before the servers change.
 */
export class JobsOfThisRun {
  readonly #made = new Set<string>();

  constructor(private readonly args: JobsArgs) {}

  /** Call it before a Job is created. What depends on the Job is reached only when it has succeeded. */
  noting(job: string): pulumi.ResourceHook {
    return new pulumi.ResourceHook(`${job}-noting`, () => {
      this.note(job);
    });
  }

  /** Call it before a StatefulSet is changed. */
  renewing(set: string, restsOn: RequiredJobs): pulumi.ResourceHook {
    return new pulumi.ResourceHook(`${set}-renewing`, ({ oldInputs, newInputs }) =>
      this.renew(restsOn, oldInputs as unknown as Servers, newInputs as unknown as Servers),
    );
  }

  /** Records a Job of this run. */
  note(job: string): void {
    this.#made.add(job);
  }

  /**
   * Runs the required Jobs again that this run has not created, or whose result may be outdated.
   *
   * @throws when the cluster does not say how many servers there are, and when a Job that must run again cannot, or fails.
   */
  async renew({ leaving, lastLook = false, restarting }: RequiredJobs, before: Servers, after: Servers): Promise<void> {
    const { cluster, instance } = this.args;
    if (cluster === undefined) return;
    const { name, namespace } = after.metadata;
    const running = await ask(`how many servers ${name} has`, async () => {
      const apps = await appsApi(cluster);
      return apps && ((await apps.readNamespacedStatefulSet({ name, namespace })).spec?.replicas ?? 0);
    });
    const restarts = !isDeepStrictEqual(before.spec.template, after.spec.template);
    const needed = [
      ...(running > after.spec.replicas ? [leaving] : []),
      ...(restarting !== undefined && restarts ? [restarting] : []),
    ];
    // Moves invalidate the results of a check, so the Jobs after one that runs again do so too.
    const first = needed.findIndex((one) => !this.#made.has(one) || (lastLook && one === leaving));
    for (const job of first < 0 ? [] : needed.slice(first)) {
      const why = this.#made.has(job)
        ? "judged a state that may have changed since"
        : `succeeded in an earlier run that did not get as far as ${name}`;
      await pulumi.log.info(`${job} ${why}: it runs again`);
      await runAgain(cluster, { namespace, instance, job });
      this.note(job);
    }
  }
}

/** Kubernetes' labels of a Job's pods, which belong to the other Job. */
const OWN_LABELS = /^(batch\.kubernetes\.io\/)?(controller-uid|job-name)$/;

/**
 * Runs a copy of the newest Job that Pulumi created under a name, and waits for it. Stops Jobs first that an interrupted run left at work. The copy is deleted an hour after its end.
 *
 * @throws when there is none, when the cluster does not answer, and with the last words of a copy that fails.
 */
export async function runAgain(
  access: ClusterAccess,
  { namespace, instance, job }: { readonly namespace: string; readonly instance: string; readonly job: string },
): Promise<void> {
  const batch = await batchApi(access);
  if (batch === undefined) throw new Error(`${job} must run again before servers change, and cannot: ${NEEDS_NODE}`);
  const labelSelector = selectorText(selector(instance, "ops"));
  try {
    const { items } = await batch.listNamespacedJob({ namespace, labelSelector });
    const newest = items
      // Copies do not count as Pulumi's: one that was given up has a deadline, which would end the next one too.
      .filter(({ metadata: { name = "" } = {} }) => name.startsWith(`${job}-`) && !name.startsWith(`${job}-again-`))
      .sort((one, other) => createdAt(one) - createdAt(other))
      .at(-1);
    if (newest === undefined) throw new Error(`there is no Job ${job} to run again`);
    // The copy that an earlier run was killed beside, for one.
    await stopLeftoverJobs(access, { namespace, name: "", labels: selector(instance, "ops") });
    const { metadata } = await batch.createNamespacedJob({ namespace, body: copyOf(newest, job) });
    const end = await untilEnded(access, { namespace, name: metadata?.name ?? "" });
    if (end.as === "Failed") throw new Error(end.why);
  } catch (error) {
    throw new Error(`${job} ran again before servers change, and ended with: ${apiMessage(error)}`, { cause: error });
  }
}

const createdAt = ({ metadata }: V1Job): number => metadata?.creationTimestamp?.getTime() ?? 0;

function copyOf({ metadata, spec }: V1Job, job: string): V1Job {
  if (spec === undefined) throw new Error(`the Job ${job} says nothing`);
  const { template, ...rest } = spec;
  delete rest.selector;
  const kept = Object.entries(template.metadata?.labels ?? {}).filter(([key]) => !OWN_LABELS.test(key));
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      generateName: `${job}-again-`,
      ...(metadata?.labels && { labels: metadata.labels }),
    },
    spec: {
      ...rest,
      ttlSecondsAfterFinished: 3600,
      template: {
        ...template,
        metadata: {
          labels: Object.fromEntries(kept),
          ...(template.metadata?.annotations && { annotations: template.metadata.annotations }),
        },
      },
    },
  };
}
