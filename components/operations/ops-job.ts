import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { passwordFiles } from "../certificates/passwords";
import { RUN_AGAIN_FOR, runOnce } from "../jobs/run-once";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import type { Scope } from "../kubernetes/scope";
import { CLUSTER_FILE } from "./desired-state";
import { endingHook } from "../jobs/ended-jobs";
import {
  certificateOf,
  clusterDocument,
  CLUSTER_PATH,
  opsContainer,
  opsPod,
  orderKeyOf,
  recordsOf,
  type OpsContainerArgs,
} from "./ops-pod";

export interface OpsJobArgs extends Scope, OpsContainerArgs {
  /** Command of the ops program that reconciles the cluster with the document; `prepare` also reads what an earlier update left. */
  readonly task: "prepare" | "finish" | "await-moves";
  /** Name of the ConfigMap with the document: another one runs the Job again. */
  readonly clusterFile: pulumi.Input<string>;
  /** Whether it tells Kafka users' passwords. @default false */
  readonly passwords?: boolean | undefined;
  /** Name of the servers' ConfigMap, as it is before this update. Needed to prepare. */
  readonly earlier?: string | undefined;
  /** A further trigger: the Job runs again when it changes. */
  readonly runAgainFor?: pulumi.Input<string> | undefined;
  /** The provider's cluster, in which running Jobs of an interrupted run are ended before this one is created. @default they are not */
  readonly cluster?: ClusterAccess | undefined;
  /** Called before the Job is created. @default none */
  readonly beforeCreate?: pulumi.ResourceHook | undefined;
  /**
   * Seconds after which the Job is given up. @default 30 days: its commands end when they make no progress, and moving data takes as long as it takes
   */
  readonly deadlineSeconds?: number | undefined;
  /** Whether the update waits until the Job is done. One that is not awaited is not run again when it fails. @default true */
  readonly awaited?: boolean | undefined;
}

/** 30 days: longer than any move that makes progress. */
const LONGEST_MOVE = 30 * 24 * 3600;

/** A Job for Kafka admin work. It fails the update when its work is impossible, and runs again whenever one of its inputs changes. */
export class OpsJob extends pulumi.ComponentResource {
  /** Exists once the work is done. */
  readonly job: k8s.batch.v1.Job;

  constructor(name: string, args: OpsJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:operations:OpsJob", name, {}, opts);
    const records = args.task === "prepare" && args.earlier !== undefined ? recordsOf(args.earlier) : [];
    const passwords = args.passwords === true ? [passwordFiles] : [];
    const orders = args.task === "await-moves" ? [] : orderKeyOf(args);
    const files = [clusterDocument(args.clusterFile), ...records, ...certificateOf(args), ...orders, ...passwords];
    // The old one goes first: a running Job of an interrupted run would move partitions against the new one.
    this.job = runOnce(
      name,
      args,
      {
        deadlineSeconds: args.deadlineSeconds ?? LONGEST_MOVE,
        annotations: args.runAgainFor === undefined ? {} : { [RUN_AGAIN_FOR]: args.runAgainFor },
        pod: {
          ...opsPod(args),
          containers: [opsContainer(args, [args.task, "--file", `${CLUSTER_PATH}/${CLUSTER_FILE}`], files)],
          volumes: files.map(({ volume }) => volume),
        },
      },
      {
        parent: this,
        deleteBeforeReplace: true,
        awaited: args.awaited,
        beforeCreate: [
          ...(args.cluster ? [endingHook(`${name}-ending`, args.cluster)] : []),
          ...(args.beforeCreate ? [args.beforeCreate] : []),
        ],
      },
    );
    this.registerOutputs({});
  }
}
