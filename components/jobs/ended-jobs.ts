import * as pulumi from "@pulumi/pulumi";
import { notYet, until } from "../../waiting";
import { apiMessage } from "../kubernetes/api-error";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { batchApi } from "../kubernetes/core-api";
import { asJudged, deletion, judgedAnew } from "../kubernetes/deletion";
import { type JobName, untilEnded } from "./job-end";
import { endedAs, selectorText } from "./jobs";

/** A Job that is about to be created. */
export interface ComingJob {
  readonly namespace: string;
  /** Its name: a Job of this name is the one that an interrupted run had begun to create, and continues. Empty when Kubernetes will name it. */
  readonly name: string;
  /** Selector of the operations' Jobs. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Jobs that move partitions or voters. */
const MOVES = /(^|-)(prepare|finish)-/;

/** Milliseconds for a Job's pod to end: twice Kubernetes' grace period of 30 s, and time to notice. */
const ENDS_WITHIN_MS = 120_000;

/**
 * Ends running Jobs of an interrupted run, because they would move partitions against the Job that is about to be created. Kafka continues to copy;
 * the new Job takes over.
 *
 * @returns the names of the ended Jobs.
 * @throws when the cluster does not answer or refuses, or a Job does not end in time.
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
    // Its status changes while it works; a Job that has finished meanwhile stays.
    await judgedAnew(async () => {
      for (const { name, ...metadata } of await left()) {
        const body = { ...asJudged(metadata), propagationPolicy: "Foreground" };
        await deletion(batch.deleteNamespacedJob({ name, namespace, body }), name);
        names.add(name);
      }
    });
    if (names.size === 0) return [];
    const gone = async () => {
      const here = (await left()).flatMap(({ name }) => (names.has(name) ? [name] : []));
      return here.length === 0 || notYet(here.join(", "));
    };
    const late = (here: string) => `${here} have not ended after ${ENDS_WITHIN_MS / 1000} s`;
    await until(gone, { what: "they have ended", timeout: ENDS_WITHIN_MS, late });
    return [...names];
  } catch (error) {
    throw new Error(
      `Jobs that an earlier run left running in ${namespace} cannot be ended: ${apiMessage(error)}. End them (kubectl delete job), and run this again`,
      { cause: error },
    );
  }
}

/** A hook right before the creation of an operations' Job: it ends running Jobs of an interrupted run, and makes sure that the new Job ends. */
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
        `${ended.join(", ")}: left running by an earlier run, and ended before ${own || "the next"} begins`,
      );
    }
    if (own !== "") void sayHowItEnds(access, { namespace, name: own });
  });
}

/** The engine waits for the Job and prints its termination message. Meanwhile this gives up a Job that would never end, and says what to do. */
async function sayHowItEnds(access: ClusterAccess, job: JobName): Promise<void> {
  try {
    const end = await untilEnded(access, job, true);
    if (end.as === "Failed" && !end.saidItself) await pulumi.log.error(end.why);
  } catch {
    // The engine reports the Job's end where this cannot.
  }
}
