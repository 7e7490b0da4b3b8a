import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { fixedName, metadata, type Scope } from "../kubernetes/scope";
import type { Authentication } from "../kafka/settings";
import type { Desired } from "./desired-state";
import type { JobResources } from "../jobs/job-resources";
import { OpsJob, type OpsJobArgs } from "./ops-job";
import { BEGUN, BEGUN_FILE } from "./ops-pod";

/** What both Jobs around a change of the servers need to know. */
export interface OperationsArgs extends Scope {
  /** The services image. */
  readonly image: pulumi.Input<string>;
  /** Address of the brokers: that of a headless Service, which has no address when no broker runs. */
  readonly bootstrap: pulumi.Input<string>;
  /** What the cluster shall be. */
  readonly desired: Desired;
  /** The ConfigMap that holds it (`clusterFileMap`). */
  readonly clusterFile: pulumi.Input<string>;
  /** By what the Jobs are known to the brokers. @default none */
  readonly authentication?: Authentication | undefined;
  /** What the Jobs ask for and may use. @default little */
  readonly jobResources?: JobResources | undefined;
  /** The provider's cluster, in which Jobs that an interrupted run left at work are ended. @default they are not */
  readonly cluster?: ClusterAccess | undefined;
}

export interface PrepareChangeArgs extends OperationsArgs {
  /** Name of the ConfigMap that the servers read: it tells what an earlier update left, before this one. */
  readonly earlier: string;
  /** Called before the Job is made. @default none */
  readonly beforeCreate?: OpsJobArgs["beforeCreate"];
}

/**
 * What must happen before the servers change: declared topics and settings are checked against what exists, topics that shall have fewer replicas get fewer, and brokers
 * and controllers that shall go are drained. When something of it cannot be done, the update stops before anything was removed. On a cluster that does not run yet there
 * is nothing to do; that it does not is believed only while nothing leaves that was written down before it first started.
 */
export class PrepareChange extends pulumi.ComponentResource {
  /** What the servers' StatefulSets must wait for. */
  readonly done: pulumi.Resource;
  /** Another one whenever the Job ran again: what it did must be completed, also when the change was taken back. */
  readonly ran: pulumi.Output<string>;

  constructor(name: string, args: PrepareChangeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:operations:PrepareChange", name, {}, opts);
    const { job } = new OpsJob(name, { ...args, task: "prepare" }, { parent: this });
    this.ran = job.metadata.name;
    const { brokers, controllers = [] } = args.desired;
    this.done = new k8s.core.v1.ConfigMap(
      `${name}-begun`,
      {
        metadata: metadata(args, "ops", BEGUN),
        data: { [BEGUN_FILE]: `${JSON.stringify({ brokers, controllers }, null, 2)}\n` },
      },
      { ...fixedName(this), dependsOn: job },
    );
    this.registerOutputs({});
  }
}

export interface FinishChangeArgs extends OperationsArgs {
  /** Changes with whatever restarts the brokers: leadership is handed back after a roll. */
  readonly restarts: OpsJobArgs["runAgainFor"];
}

/** What happens once the servers run as they shall: topics, settings, a fair share of partitions and leaders for each broker, and those that left are forgotten. */
export class FinishChange extends pulumi.ComponentResource {
  /** Exists once all of it is done, but for moves that are not waited for. */
  readonly done: pulumi.Resource;

  constructor(name: string, args: FinishChangeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:operations:FinishChange", name, {}, opts);
    const { job } = new OpsJob(name, { ...args, task: "finish", runAgainFor: args.restarts }, { parent: this });
    this.done = job;
    const { rebalance, wait } = args.desired.moves;
    // When nothing is rebalanced, what an interrupted run left may still be under way, and its throttle set. So may moves of others, for which no update waits.
    if (!wait || !rebalance) {
      const later = { ...args, task: "await-moves", awaited: false, runAgainFor: job.metadata.name } as const;
      new OpsJob(`${name}-rebalance`, later, { parent: this, dependsOn: job });
    }
    this.registerOutputs({});
  }
}
