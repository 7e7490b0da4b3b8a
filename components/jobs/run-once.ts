import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { replaceUnready, skipAwait } from "../kubernetes/await-annotations";
import { labels, metadata, type Scope } from "../kubernetes/scope";
import { podDefaults } from "../kubernetes/security";
import { podMetadata, podSpec } from "../pods/overlay";
import { retries } from "./retries";

/** What a Job runs, and for how long. */
export interface RunOnceArgs {
  /** Whose pods it runs. @default ops */
  readonly role?: "ops" | "volumes" | undefined;
  /** Its pod, without what all pods of Jobs have. */
  readonly pod: k8s.types.input.core.v1.PodSpec;
  /** Account of the pod, whatever is laid over it. @default that of the namespace, or the one that is laid over */
  readonly serviceAccountName?: string | undefined;
  /** Annotations of the pod; changing them runs the Job again. @default none */
  readonly annotations?: Readonly<Record<string, pulumi.Input<string>>> | undefined;
  /** Its deadline, in seconds. */
  readonly deadlineSeconds: number;
  /** How it tries again. @default {@link retries} */
  readonly retries?: Pick<k8s.types.input.batch.v1.JobSpec, "backoffLimit" | "podFailurePolicy"> | undefined;
}

/** How an update deals with a Job. */
export interface RunOnceOptions {
  /** What the Job belongs to. */
  readonly parent: pulumi.Resource;
  /** What must be there before. @default nothing */
  readonly dependsOn?: pulumi.Input<pulumi.Resource>[] | undefined;
  /** Whether the old one ends before the new one begins. @default false */
  readonly deleteBeforeReplace?: boolean | undefined;
  /** Called before the Job is made. @default none */
  readonly beforeCreate?: readonly pulumi.ResourceHook[] | undefined;
  /** Whether the update waits until the Job is done. One that is not waited for is not run again when it fails. @default true */
  readonly awaited?: boolean | undefined;
}

/** Annotation of a Job's pods with what else it runs again for. */
export const RUN_AGAIN_FOR = "kafka-stack/run-again-for";

/** Seconds that the update waits beyond a Job's deadline: Kubernetes notices the deadline in this time. */
const NOTICED_WITHIN = 60;

/** The spec of all of the stack's Jobs, including those of a CronJob. */
export function runOnceSpec(
  scope: Scope,
  { role = "ops", pod, serviceAccountName, annotations, deadlineSeconds, retries: tries = retries }: RunOnceArgs,
): k8s.types.input.batch.v1.JobSpec {
  return {
    ...tries,
    activeDeadlineSeconds: deadlineSeconds,
    template: {
      metadata: podMetadata(scope, role, { labels: labels(scope.instance, role), ...(annotations && { annotations }) }),
      spec: {
        ...podSpec(scope, role, { ...podDefaults(scope), restartPolicy: "Never", ...pod }),
        ...(serviceAccountName !== undefined && { serviceAccountName }),
      },
    },
  };
}

/** A Job whose failure fails the update, and which runs again whenever its definition changes. Pulumi generates its name, so that the new Job can exist beside the old one. */
export function runOnce(name: string, scope: Scope, args: RunOnceArgs, options: RunOnceOptions): k8s.batch.v1.Job {
  const { awaited = true, beforeCreate = [], parent, dependsOn, deleteBeforeReplace } = options;
  return new k8s.batch.v1.Job(
    name,
    {
      metadata: metadata(scope, args.role ?? "ops", undefined, awaited ? replaceUnready : skipAwait),
      spec: runOnceSpec(scope, args),
    },
    {
      parent,
      ...(dependsOn && { dependsOn }),
      ...(deleteBeforeReplace !== undefined && { deleteBeforeReplace }),
      ...(beforeCreate.length > 0 && { hooks: { beforeCreate: [...beforeCreate] } }),
      customTimeouts: { create: `${args.deadlineSeconds + NOTICED_WITHIN}s`, delete: "5m" },
    },
  );
}
