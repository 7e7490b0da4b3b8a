import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { replaceUnready, skipAwait } from "../kubernetes/await-annotations";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { labels, metadata, type Scope } from "../kubernetes/scope";
import { podMetadata, podSpec } from "../pods/overlay";
import { CLUSTER_FILE } from "./desired-state";
import { endingHook } from "./ended-jobs";
import {
  certificateOf,
  clusterDocument,
  CLUSTER_PATH,
  opsContainer,
  opsPod,
  recordsOf,
  type OpsContainerArgs,
} from "./ops-pod";
import { retries } from "./retries";

export interface OpsJobArgs extends Scope, OpsContainerArgs {
  /** Command of the ops program that brings about what the document says; `prepare` is told what an earlier update left, too. */
  readonly task: "prepare" | "finish" | "await-moves";
  /** Name of the ConfigMap that holds the document: another one runs the Job again. */
  readonly clusterFile: pulumi.Input<string>;
  /** Name of the ConfigMap that the servers read, as it is before this update. Needed to prepare. */
  readonly earlier?: string | undefined;
  /** Anything else that the Job must run again for when it changes. */
  readonly runAgainFor?: pulumi.Input<string> | undefined;
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
    const deadline = args.deadlineSeconds ?? LONGEST_MOVE;
    const records = args.task === "prepare" && args.earlier !== undefined ? recordsOf(args.earlier) : [];
    const files = [clusterDocument(args.clusterFile), ...records, ...certificateOf(args)];
    this.job = new k8s.batch.v1.Job(
      name,
      {
        metadata: metadata(args, "ops", undefined, args.awaited === false ? skipAwait : replaceUnready),
        spec: {
          ...retries,
          activeDeadlineSeconds: deadline,
          template: {
            metadata: podMetadata(args, "ops", {
              labels: labels(args.instance, "ops"),
              annotations: {
                ...(args.runAgainFor !== undefined && { "kafka-stack/run-again-for": args.runAgainFor }),
              },
            }),
            spec: podSpec(args, "ops", {
              ...opsPod(args),
              containers: [opsContainer(args, [args.task, "--file", `${CLUSTER_PATH}/${CLUSTER_FILE}`], files)],
              volumes: files.map(({ volume }) => volume),
            }),
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
}
