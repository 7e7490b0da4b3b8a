import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../kafka/settings";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import type { Scope } from "../kubernetes/scope";
import { OpsJob, type OpsJobArgs } from "./ops-job";

/** A topic as it shall be. */
export interface Topic {
  readonly name: string;
  /** More may be added later, never fewer. */
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Topic settings under Kafka's own names. */
  readonly config: Settings;
}

/** What both Jobs around a change of the brokers need to know. */
export interface OperationsArgs extends Scope {
  /** The services image. */
  readonly image: pulumi.Input<string>;
  readonly bootstrap: pulumi.Input<string>;
  readonly topics: readonly Topic[];
  /** Node ids of the brokers that the cluster shall have. */
  readonly brokers: readonly number[];
  /** Node ids of the controllers that the quorum shall have; none with ZooKeeper or a quorum that cannot change. */
  readonly controllers?: readonly number[] | undefined;
  /** Bytes per second that moving partitions may take of each broker. */
  readonly throttle: number;
  /** The provider's cluster, in which Jobs that an interrupted run left at work are ended. @default they are not */
  readonly cluster?: ClusterAccess | undefined;
  /** Seconds after which a Job is given up. */
  readonly deadlineSeconds: number;
}

const TOPICS = "/etc/ops/topics.json";
const SETTINGS = "/etc/ops/settings.json";

/** Settings as Kafka's protocol carries them. */
const asText = (settings: Settings): Record<string, string> =>
  Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)]));

const topicsFile = (topics: readonly Topic[]): string =>
  file({ topics: topics.map((topic) => ({ ...topic, config: asText(topic.config) })) });

const file = (content: unknown): string => `${JSON.stringify(content, null, 2)}\n`;

const list = (ids: readonly number[]): string => ids.join(",");

/**
 * What must happen before the brokers change: declared topics are checked against what exists, and brokers and controllers that shall go are drained first. When
 * something of it cannot be done, the update stops before anything was removed. On a cluster that does not run yet there is nothing to do.
 */
export class PrepareChange extends pulumi.ComponentResource {
  /** What the brokers' StatefulSets must wait for. */
  readonly done: pulumi.Resource;

  constructor(name: string, args: OperationsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:operations:PrepareChange", name, {}, opts);
    const absentOk = ["--absent-ok", "broker"];
    const steps = [
      ["topics", "check", "--file", TOPICS, "--brokers", String(args.brokers.length), ...absentOk],
      ["drain", "--keep", list(args.brokers), "--throttle", String(args.throttle), ...absentOk],
      ...(args.controllers ? [["controllers", "--keep", list(args.controllers), ...absentOk]] : []),
    ];
    const files = { "topics.json": topicsFile(args.topics) };
    this.done = new OpsJob(name, { ...args, steps, files }, { parent: this }).job;
    this.registerOutputs({});
  }
}

export interface FinishChangeArgs extends OperationsArgs {
  /** Broker settings that are applied at run time. */
  readonly dynamicSettings: Settings;
  /** Whether brokers that hold too little get their share of partitions. */
  readonly rebalance: boolean;
  /** Changes with whatever restarts the brokers: leadership is handed back after a roll. */
  readonly restarts: OpsJobArgs["runAgainFor"];
}

/** What happens once the brokers run as they shall: settings, topics, a fair share of partitions and leaders for each broker, and those that left are forgotten. */
export class FinishChange extends pulumi.ComponentResource {
  /** Exists once all of it is done. */
  readonly done: pulumi.Resource;

  constructor(name: string, args: FinishChangeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:operations:FinishChange", name, {}, opts);
    const brokers = list(args.brokers);
    const steps = [
      ["wait", "--brokers", brokers],
      ...(args.controllers ? [["controllers", "--keep", list(args.controllers), "--joined"]] : []),
      ["settings", "apply", "--file", SETTINGS],
      ["topics", "apply", "--file", TOPICS],
      ["unregister", "--keep", brokers],
      ...(args.rebalance ? [["rebalance", "--brokers", brokers, "--throttle", String(args.throttle)]] : []),
      ["elect-leaders"],
    ];
    const files = {
      "topics.json": topicsFile(args.topics),
      "settings.json": file({ cluster: asText(args.dynamicSettings) }),
    };
    this.done = new OpsJob(name, { ...args, steps, files, runAgainFor: args.restarts }, { parent: this }).job;
    this.registerOutputs({});
  }
}
