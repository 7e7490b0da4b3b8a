import type { V1Job } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import { isDeepStrictEqual } from "node:util";
import { apiMessage } from "../kubernetes/api-error";
import { ask } from "../kubernetes/ask";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { appsApi, batchApi, NEEDS_NODE } from "../kubernetes/core-api";
import { selector } from "../kubernetes/scope";
import { untilEnded } from "./job-end";
import { selectorText } from "./jobs";

/** Names of the Jobs that a change of servers rests on. */
export interface RequiredJobs {
  /** Makes it safe that servers leave. */
  readonly leaving: string;
  /** Makes it safe that servers restart. @default none */
  readonly restarting?: string | undefined;
}

/** Where the Jobs are, and how they are reached. */
export interface JobsArgs {
  /** Value of `app.kubernetes.io/instance`. */
  readonly instance: string;
  /** The provider's cluster. @default Jobs of an earlier run are taken at their word */
  readonly cluster?: ClusterAccess | undefined;
}

/** What a StatefulSet is told to be. */
export interface Servers {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly replicas: number; readonly template: unknown };
}

/**
 * Jobs that a change of servers rests on: what one of an earlier run found or did may hold no more. When that run did not get as far as the servers, the Job is in
 * the state and is not made again; then a copy of it runs right before the servers change.
 */
export class JobsOfThisRun {
  readonly #made = new Set<string>();

  constructor(private readonly args: JobsArgs) {}

  /** To be called before a Job is made. What depends on the Job is reached only when it has succeeded. */
  noting(job: string): pulumi.ResourceHook {
    return new pulumi.ResourceHook(`${job}-noting`, () => {
      this.note(job);
    });
  }

  /** To be called before a StatefulSet is changed. */
  renewing(set: string, restsOn: RequiredJobs): pulumi.ResourceHook {
    return new pulumi.ResourceHook(`${set}-renewing`, ({ oldInputs, newInputs }) =>
      this.renew(restsOn, oldInputs as unknown as Servers, newInputs as unknown as Servers),
    );
  }

  /** Takes note of a Job that this run makes. */
  note(job: string): void {
    this.#made.add(job);
  }

  /**
   * Runs again what a change of a StatefulSet rests on and this run has not made.
   *
   * @throws when the cluster does not say how many servers there are, and when a Job that must run again cannot, or fails.
   */
  async renew({ leaving, restarting }: RequiredJobs, before: Servers, after: Servers): Promise<void> {
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
    // What was moved since is not what a check found: behind one that runs again, the next does too.
    const first = needed.findIndex((one) => !this.#made.has(one));
    for (const job of first < 0 ? [] : needed.slice(first)) {
      const why = this.#made.has(job)
        ? "judged what has changed since"
        : `succeeded in an earlier run that did not get as far as ${name}`;
      await pulumi.log.info(`${job} ${why}: it runs again`);
      await runAgain(cluster, { namespace, instance, job });
      this.note(job);
    }
  }
}

/** Labels that Kubernetes gives to a Job's pods, and that are another Job's. */
const OWN_LABELS = /^(batch\.kubernetes\.io\/)?(controller-uid|job-name)$/;

/**
 * Runs a copy of the newest Job that Pulumi has made under a name, and waits for it. The copy goes an hour after it has ended.
 *
 * @throws when there is none, when the cluster cannot be asked, and with the last words of a copy that fails.
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
      // A copy is none that Pulumi has made: one that was given up has a deadline that would end the next one, too.
      .filter(({ metadata: { name = "" } = {} }) => name.startsWith(`${job}-`) && !name.startsWith(`${job}-again-`))
      .sort((one, other) => createdAt(one) - createdAt(other))
      .at(-1);
    if (newest === undefined) throw new Error(`there is no Job ${job} to run again`);
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
