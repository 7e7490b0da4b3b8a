import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { fixedName, metadata, type Scope } from "../kubernetes/scope";
import type { Authentication } from "../kafka/settings";
import type { Desired } from "./desired-state";
import type { JobResources } from "../jobs/job-resources";
import { OpsJob, type OpsJobArgs } from "./ops-job";
import { BEGUN, BEGUN_FILE } from "./ops-pod";

/** Arguments of both Jobs around a change of the servers. */
export interface OperationsArgs extends Scope {
  /** The services image. */
  readonly image: pulumi.Input<string>;
  /** Address of the brokers: that of a headless Service, which has no address when no broker runs. */
  readonly bootstrap: pulumi.Input<string>;
  /** The desired state of the cluster. */
  readonly desired: Desired;
  /** The ConfigMap that contains it (`clusterFileMap`). */
  readonly clusterFile: pulumi.Input<string>;
  /** How the Jobs authenticate to the brokers. @default none */
  readonly authentication?: Authentication | undefined;
  /** Whether there are controllers; then the Secret of `OrderKey` must exist. @default false */
  readonly controllers?: boolean | undefined;
  /** Requests and limits of the Jobs. @default small ones */
  readonly jobResources?: JobResources | undefined;
  /** The provider's cluster, in which running Jobs of an interrupted run are ended. @default they are not */
  readonly cluster?: ClusterAccess | undefined;
}

export interface PrepareChangeArgs extends OperationsArgs {
  /** Name of the servers' ConfigMap: before this update, it has the configuration of an earlier one. */
  readonly earlier: string;
  /** Called before the Job is created. @default none */
  readonly beforeCreate?: OpsJobArgs["beforeCreate"];
}

/**
 * Prepares a change of the servers: checks declared topics and settings against what exists, removes replicas of topics that are declared with fewer,
 * and drains leaving brokers and controllers. When a part of this is impossible, the update stops before anything is removed. On a cluster that does
 * not run yet there is nothing to do; this is assumed only while no recorded server leaves.
 */
export class PrepareChange extends pulumi.ComponentResource {
  /** The servers' StatefulSets must wait for this. */
  readonly done: pulumi.Resource;
  /** Changes whenever the Job ran again: its work must be completed, even when the change was reverted. */
  readonly ran: pulumi.Output<string>;

  constructor(name: string, args: PrepareChangeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:operations:PrepareChange", name, {}, opts);
    const { job } = new OpsJob(name, { ...args, task: "prepare" }, { parent: this });
    this.ran = job.metadata.name;
    const { brokers, voters = [], controllers = voters } = args.desired;
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
  /** Changes with everything that restarts the brokers: leadership is given back after a roll. */
  readonly restarts: OpsJobArgs["runAgainFor"];
}

/** Completes a change once the servers run: topics, settings, an even spread of partitions and leaders; unregisters brokers that have left. */
export class FinishChange extends pulumi.ComponentResource {
  /** Exists once all of it is done, except for moves that are not awaited. */
  readonly done: pulumi.Resource;
  /** Changes whenever the Job ran again. */
  readonly ran: pulumi.Output<string>;

  constructor(name: string, args: FinishChangeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:operations:FinishChange", name, {}, opts);
    const passwords = args.desired.users?.some(({ scram }) => scram !== undefined);
    const finish = { ...args, task: "finish", runAgainFor: args.restarts, passwords } as const;
    const { job } = new OpsJob(name, finish, { parent: this });
    this.done = job;
    this.ran = job.metadata.name;
    const { rebalance, wait } = args.desired.moves;
    // Without a rebalance, moves of an interrupted run may still be under way with their throttle. So may moves of others, for which no update waits.
    if (!wait || !rebalance) {
      const later = { ...args, task: "await-moves", awaited: false, runAgainFor: job.metadata.name } as const;
      new OpsJob(`${name}-rebalance`, later, { parent: this, dependsOn: job });
    }
    this.registerOutputs({});
  }
}
