import * as pulumi from "@pulumi/pulumi";
import { setTimeout as delay } from "node:timers/promises";
import { apiMessage } from "../kubernetes/api-error";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { batchApi } from "../kubernetes/core-api";
import { asJudged, deletion, judgedAnew } from "../kubernetes/deletion";
import { type JobName, untilEnded } from "../jobs/job-end";
import { endedAs, selectorText } from "../jobs/jobs";

/** A Job that is about to be made. */
export interface ComingJob {
  readonly namespace: string;
  /** Its own name: with that, it is the one that an interrupted run had begun to make, and goes on. */
  readonly name: string;
  /** Selector of the Jobs of operations. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Jobs that move partitions or voters. */
const MOVES = /(^|-)(prepare|finish)-/;

/** Seconds that a Job's pod may take to end: twice the 30 that Kubernetes gives it, and time to notice. */
const ENDS_WITHIN = 120;

/**
 * Ends the Jobs that an interrupted run left at work: they would move partitions against the Job that is about to be made. What Kafka copies goes on; the new Job takes it over.
 *
 * @returns the names of those that were ended.
 * @throws when the cluster cannot be asked, refuses, or a Job does not end in time.
 */
export async function stopLeftoverJobs(access: ClusterAccess, job: ComingJob): Promise<readonly string[]> {
  const { namespace } = job;
  const labelSelector = selectorText(job.labels);
  try {
    const batch = await batchApi(access);
    if (batch === undefined) return [];
    const left = async () => {
      const { items } = await batch.listNamespacedJob({ namespace, labelSelector });
      return items.flatMap((one) => {
        const name = one.metadata?.name ?? "";
        const isLeft = endedAs(one) === undefined && MOVES.test(name) && name !== job.name;
        return isLeft ? [{ ...one.metadata, name }] : [];
      });
    };
    const names = new Set<string>();
    // Its status changes while it works: one that has ended meanwhile stays.
    await judgedAnew(async () => {
      for (const { name, ...metadata } of await left()) {
        const body = { ...asJudged(metadata), propagationPolicy: "Foreground" };
        await deletion(batch.deleteNamespacedJob({ name, namespace, body }), name);
        names.add(name);
      }
    });
    const deadline = Date.now() + ENDS_WITHIN * 1000;
    while (names.size > 0 && (await left()).some(({ name }) => names.has(name))) {
      if (Date.now() > deadline) throw new Error(`they have not ended after ${ENDS_WITHIN} s`);
      await delay(500);
    }
    return [...names];
  } catch (error) {
    throw new Error(
      `Jobs that an earlier run left at work in ${namespace} cannot be ended: ${apiMessage(error)}. End them (kubectl delete job), and run this again`,
      { cause: error },
    );
  }
}

/** A hook for right before a Job of operations is made: it ends what an interrupted run left at work, and sees to it that the Job ends. */
export function endingHook(name: string, access: ClusterAccess): pulumi.ResourceHook {
  return new pulumi.ResourceHook(name, async ({ newInputs }) => {
    const { metadata } = newInputs as { metadata?: Partial<ComingJob> };
    const { namespace, name: own = "", labels = {} } = metadata ?? {};
    if (namespace === undefined) return;
    const selected = ["app.kubernetes.io/instance", "app.kubernetes.io/component"];
    const selector = Object.fromEntries(Object.entries(labels).filter(([key]) => selected.includes(key)));
    const ended = await stopLeftoverJobs(access, { namespace, name: own, labels: selector });
    if (ended.length > 0) {
      await pulumi.log.info(
        `${ended.join(", ")}: left at work by an earlier run, and ended before ${own || "the next"} begins`,
      );
    }
    if (own !== "") void sayHowItEnds(access, { namespace, name: own });
  });
}

/** The engine waits for the Job and tells its last words; beside it, one that would never end is given up, and what helps is said. */
async function sayHowItEnds(access: ClusterAccess, job: JobName): Promise<void> {
  try {
    const end = await untilEnded(access, job, true);
    if (end.as === "Failed" && !end.saidItself) await pulumi.log.error(end.why);
  } catch {
    // The engine tells what becomes of the Job where this cannot.
  }
}
