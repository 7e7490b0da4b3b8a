import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { replaceUnready, skipAwait } from "../kubernetes/await-annotations";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { labels, metadata, type Scope } from "../kubernetes/scope";
import { endingHook } from "./ended-jobs";
import { begunVolume, opsContainer, opsPod, type OpsContainerArgs } from "./ops-pod";
import { retries } from "./retries";

export interface OpsJobArgs extends Scope, OpsContainerArgs {
  /** Commands of the ops program in order, words without spaces; the first that fails ends the Job. One process runs them all: starting one costs more than most of them. */
  readonly steps: readonly (readonly string[])[];
  /** Files for the commands, by name, at /etc/ops. Part of the pod template: changed content runs the Job again. */
  readonly files?: Readonly<Record<string, string>> | undefined;
  /** Anything else that the Job must run again for when it changes. */
  readonly runAgainFor?: pulumi.Input<string> | undefined;
  /** Whether the commands are told which servers the stack has begun to run. @default false */
  readonly knowsBegun?: boolean | undefined;
  /** The provider's cluster, in which Jobs that an interrupted run left at work are ended before this one is made. @default they are not */
  readonly cluster?: ClusterAccess | undefined;
  /** Called before the Job is made. @default none */
  readonly beforeCreate?: pulumi.ResourceHook | undefined;
  /** Seconds after which the Job is given up. @default 30 days: its commands end for want of progress, and moving data takes as long as it takes */
  readonly deadlineSeconds?: number | undefined;
  /** Whether the update waits until the Job is done. One that is not waited for is not run again when it fails. @default true */
  readonly awaited?: boolean | undefined;
}

/** 30 days: more than any move takes that comes further. */
const LONGEST_MOVE = 30 * 24 * 3600;

/** A Job that does Kafka admin work. It fails the update when its work cannot be done, and runs again whenever something it depends on changes. */
export class OpsJob extends pulumi.ComponentResource {
  /** Exists once the work is done. */
  readonly job: k8s.batch.v1.Job;

  constructor(name: string, args: OpsJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:operations:OpsJob", name, {}, opts);
    const files = args.files && this.filesMap(name, args, args.files);
    const deadline = args.deadlineSeconds ?? LONGEST_MOVE;
    const command = ["steps", ...args.steps.map((words) => words.join(" "))];
    this.job = new k8s.batch.v1.Job(
      name,
      {
        metadata: metadata(args, "ops", undefined, args.awaited === false ? skipAwait : replaceUnready),
        spec: {
          ...retries,
          activeDeadlineSeconds: deadline,
          template: {
            metadata: {
              labels: labels(args.instance, "ops"),
              annotations: {
                ...(args.runAgainFor !== undefined && { "kafka-stack/run-again-for": args.runAgainFor }),
              },
            },
            spec: {
              ...opsPod(args),
              containers: [opsContainer(args, command, files !== undefined, args.knowsBegun)],
              volumes: [
                ...(files ? [{ name: "files", configMap: { name: files.metadata.name } }] : []),
                ...(args.knowsBegun ? [begunVolume] : []),
              ],
            },
          },
        },
      },
      // The old one goes first: one that an interrupted run left at work would move partitions against the new one.
      {
        parent: this,
        deleteBeforeReplace: true,
        hooks: {
          beforeCreate: [
            ...(args.cluster ? [endingHook(`${name}-ending`, args.cluster)] : []),
            ...(args.beforeCreate ? [args.beforeCreate] : []),
          ],
        },
        customTimeouts: { create: `${deadline + 60}s`, delete: "5m" },
      },
    );
    this.registerOutputs({});
  }

  /** An immutable ConfigMap under a name of Pulumi's making: new content is a new object, and so a new Job. */
  private filesMap(name: string, args: OpsJobArgs, data: Readonly<Record<string, string>>) {
    return new k8s.core.v1.ConfigMap(
      `${name}-files`,
      { metadata: metadata(args, "ops"), immutable: true, data: { ...data } },
      { parent: this },
    );
  }
}
