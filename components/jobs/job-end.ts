import type { V1ContainerState, V1Job, V1Pod } from "@kubernetes/client-node";
import { setTimeout as delay } from "node:timers/promises";
import { apiMessage } from "../kubernetes/api-error";
import { orNone } from "../kubernetes/ask";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { batchApi, coreApi, NEEDS_NODE } from "../kubernetes/core-api";
import { HEAP_EXHAUSTED } from "./exit-codes";
import { endedAs } from "./jobs";

/** Minutes for a Job's pod to start: a pull over a slow line takes some, and nodes of an autoscaler take more. */
const START_MIN = 30;

/** How often a Job's pod may be OOM-killed before the Job is given up: the next attempt would need as much memory. */
const MOST_KILLS = 3;

/** Milliseconds between checks of a Job, and how long the cluster may not answer, or not have the Job. */
const LOOK_MS = 1_000;
const SILENT_MS = 60_000;
const MISSING_MS = 10 * 60_000;

/** How a Job ended; a failure with its reason, and whether that is the Job's own last words. */
export type JobEnd =
  { readonly as: "Complete" } | { readonly as: "Failed"; readonly why: string; readonly saidItself: boolean };

/** Name and namespace of a Job. */
export interface JobName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Waits until a Job has ended. Kubernetes would wait for ever for a pod that cannot start, and would restart for ever one that is killed for its
 * memory. Such a Job is given up, so that everybody who waits for it sees it fail.
 *
 * @param inBackground whether somebody else waits for it as well: then checks are rare and do not keep the process alive
 * @throws when the cluster is silent, refuses, or does not get the Job.
 */
export async function untilEnded(access: ClusterAccess, job: JobName, inBackground = false): Promise<JobEnd> {
  const [batch, core] = [await batchApi(access), await coreApi(access)];
  if (batch === undefined || core === undefined) throw new Error(NEEDS_NODE);
  let answered = Date.now();
  let found = Date.now();
  let withPod = Date.now();
  for (;;) {
    try {
      const read = await orNone(batch.readNamespacedJob(job));
      answered = Date.now();
      if (read !== null) {
        found = answered;
        const labelSelector = `job-name=${job.name}`;
        const { items: pods } = await core.listNamespacedPod({ namespace: job.namespace, labelSelector });
        if (pods.length > 0) withPod = answered;
        const end = endOf(read, pods, answered, withPod);
        if (end?.givenUp === true) {
          const body = [{ op: "replace", path: "/spec/activeDeadlineSeconds", value: 1 }];
          await batch.patchNamespacedJob({ ...job, body });
        }
        if (end !== undefined) return end.end;
      } else if (answered - found > MISSING_MS) {
        throw new Error(`the Job ${job.name} is not there`);
      }
    } catch (error) {
      if (Date.now() - answered > SILENT_MS || Date.now() - found > MISSING_MS)
        throw new Error(apiMessage(error), { cause: error });
    }
    await delay(inBackground ? 10 * LOOK_MS : LOOK_MS, undefined, { ref: !inBackground });
  }
}

/**
 * How a Job ended, or why it is given up; undefined while it may still succeed.
 *
 * @param withPod when it last had a pod, or was first checked: a deleted pod is replaced after a moment without any
 */
export function endOf(
  job: V1Job,
  pods: readonly V1Pod[],
  now: number,
  withPod: number,
): { readonly end: JobEnd; readonly givenUp: boolean } | undefined {
  const ended = endedAs(job);
  if (ended === "Complete") return { end: { as: "Complete" }, givenUp: false };
  const name = job.metadata?.name ?? "";
  const states = pods.flatMap((pod) => statesOf(pod));
  const terminated = states.flatMap(({ terminated: end }) => end ?? []);
  const killed = terminated.filter(({ reason }) => reason === "OOMKilled").length;
  const outOfMemory = terminated.some(({ exitCode }) => exitCode === HEAP_EXHAUSTED);
  const failed = (why: string, givenUp: boolean, saidItself = false) => ({
    end: { as: "Failed" as const, why, saidItself },
    givenUp,
  });
  if (killed >= MOST_KILLS || (ended === "Failed" && (killed > 0 || outOfMemory))) {
    const limit = pods[0]?.spec?.containers[0]?.resources?.limits?.["memory"];
    return failed(
      `the Job ${name} needs more memory than it may have${limit === undefined ? "" : ` (${limit})`}: raise operations.resources.limits.memory, and run this again; what it did stays`,
      ended === undefined,
    );
  }
  if (ended === "Failed") return failed(terminated.at(-1)?.message?.trim() ?? `the Job ${name} failed`, false, true);
  const late = whyLate(job, pods, now, withPod);
  return late === undefined
    ? undefined
    : failed(
        `no pod of the Job ${name} has started for ${START_MIN} min: ${late}; repair that, and run this again`,
        true,
      );
}

/** What keeps a Job from running, once it has lasted too long. */
function whyLate(job: V1Job, pods: readonly V1Pod[], now: number, withPod: number): string | undefined {
  const isLate = (since: Date | undefined) => since !== undefined && now - since.getTime() > START_MIN * 60_000;
  const open = pods.filter(
    ({ status }) => status?.phase === undefined || ["Pending", "Running"].includes(status.phase),
  );
  if (pods.length === 0) {
    return isLate(new Date(withPod))
      ? `none was made (\`kubectl describe job ${job.metadata?.name ?? ""}\` says why)`
      : undefined;
  }
  const waiting = open.filter((pod) => statesOf(pod).every(({ running, terminated }) => !running && !terminated));
  const [first] = waiting;
  if (first === undefined || waiting.length < open.length || !isLate(first.metadata?.creationTimestamp))
    return undefined;
  const container = statesOf(first).flatMap(({ waiting: why }) => why ?? [])[0];
  const condition = first.status?.conditions?.find(
    ({ status, message }) => status === "False" && message !== undefined,
  );
  const reasons = [container?.reason, container?.message ?? condition?.message].filter((text) => text !== undefined);
  return reasons.length > 0 ? reasons.join(": ") : `\`kubectl describe pod ${first.metadata?.name ?? ""}\` says why`;
}

const statesOf = ({ status }: V1Pod): readonly V1ContainerState[] =>
  (status?.containerStatuses ?? []).flatMap(({ state }) => state ?? []);
