import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { dynamicOf } from "../kafka/dynamic-settings";
import type { Settings } from "../kafka/settings";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { fixedName, metadata, type Scope } from "../kubernetes/scope";
import { internalTopics } from "./internal-topics";
import { OpsJob, type OpsJobArgs } from "./ops-job";
import { BEGUN, BEGUN_FILE } from "./ops-pod";

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
  /** Broker settings: those of Kafka's own topics say how many replicas they have, and some are applied at run time. */
  readonly settings: Settings;
  /** Node ids of the brokers that the cluster shall have. */
  readonly brokers: readonly number[];
  /** Node ids of the controllers that the quorum shall have; none with ZooKeeper or a quorum that cannot change. */
  readonly controllers?: readonly number[] | undefined;
  /** Bytes per second that moving partitions may take of each broker. */
  readonly throttle: number;
  /** Seconds without a byte copied after which moving partitions is given up. @default 900 */
  readonly stallSeconds?: number | undefined;
  /** The provider's cluster, in which Jobs that an interrupted run left at work are ended. @default they are not */
  readonly cluster?: ClusterAccess | undefined;
}

const TOPICS = "/etc/ops/topics.json";
const SETTINGS = "/etc/ops/settings.json";

/** Settings as Kafka's protocol carries them. */
const asText = (settings: Settings): Record<string, string> =>
  Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)]));

const topicsFile = ({ topics, settings, brokers }: OperationsArgs): string =>
  file({
    topics: topics.map((topic) => ({ ...topic, config: asText(topic.config) })),
    ...internalTopics(settings, brokers.length),
  });

const settingsFile = ({ settings }: OperationsArgs): string => file({ cluster: asText(dynamicOf(settings)) });

const file = (content: unknown): string => `${JSON.stringify(content, null, 2)}\n`;

/** How commands that copy do so. */
const copying = ({ throttle, stallSeconds = 900 }: OperationsArgs): string[] => [
  "--throttle",
  String(throttle),
  "--stall",
  String(stallSeconds),
];

const list = (ids: readonly number[]): string => ids.join(",");

/**
 * What must happen before the brokers change: declared topics are checked against what exists, Kafka is asked whether it takes the settings that it is given at run time, before they are in the file of
 * the next restart, topics that shall have fewer replicas get fewer, and brokers and controllers that shall go are drained. When something of it cannot be done, the update stops before anything was removed. On a cluster that does not run yet there is nothing to do; that it does not is believed only while
 * nothing leaves that was written down before it first started.
 */
export class PrepareChange extends pulumi.ComponentResource {
  /** What the brokers' StatefulSets must wait for. */
  readonly done: pulumi.Resource;
  /** Another one whenever the Job ran again: what it did must be completed, also when the change was taken back. */
  readonly ran: pulumi.Output<string>;

  constructor(
    name: string,
    args: OperationsArgs & Pick<OpsJobArgs, "beforeCreate">,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("kafka-stack:operations:PrepareChange", name, {}, opts);
    const absentOk = ["--absent-ok", "broker"];
    const steps = [
      ["topics", "check", "--file", TOPICS, "--brokers", String(args.brokers.length), ...absentOk],
      ["settings", "check", "--file", SETTINGS, ...absentOk],
      ["topics", "narrow", "--file", TOPICS, "--keep", list(args.brokers), ...copying(args), ...absentOk],
      ["drain", "--keep", list(args.brokers), ...copying(args), ...absentOk],
      ...(args.controllers ? [["controllers", "--keep", list(args.controllers), ...absentOk]] : []),
    ];
    const files = { "topics.json": topicsFile(args), "settings.json": settingsFile(args) };
    const { job } = new OpsJob(name, { ...args, steps, files, knowsBegun: true }, { parent: this });
    this.ran = job.metadata.name;
    const begun = { brokers: args.brokers, controllers: args.controllers ?? [] };
    this.done = new k8s.core.v1.ConfigMap(
      `${name}-begun`,
      { metadata: metadata(args, "ops", BEGUN), data: { [BEGUN_FILE]: file(begun) } },
      { ...fixedName(this), dependsOn: job },
    );
    this.registerOutputs({});
  }
}

export interface FinishChangeArgs extends OperationsArgs {
  /** Whether brokers that hold too little get their share of partitions. */
  readonly rebalance: boolean;
  /** Whether the update waits until partitions have moved. Otherwise Kafka goes on by itself, and a Job that nobody waits for removes the throttle afterwards. @default true */
  readonly awaitMoves?: boolean | undefined;
  /** Changes with whatever restarts the brokers: leadership is handed back after a roll. */
  readonly restarts: OpsJobArgs["runAgainFor"];
}

/** What happens once the brokers run as they shall: topics, settings, a fair share of partitions and leaders for each broker, and those that left are forgotten. */
export class FinishChange extends pulumi.ComponentResource {
  /** Exists once all of it is done, but for moves that are not waited for. */
  readonly done: pulumi.Resource;

  constructor(name: string, args: FinishChangeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:operations:FinishChange", name, {}, opts);
    const brokers = list(args.brokers);
    const { awaitMoves = true } = args;
    const rebalance = ["rebalance", "--brokers", brokers, ...copying(args)];
    const steps = [
      ["wait", "--brokers", brokers],
      ...(args.controllers ? [["controllers", "--keep", list(args.controllers), "--joined"]] : []),
      // Replicas before the settings that want more of them in sync.
      ["topics", "apply", "--file", TOPICS, ...copying(args)],
      ["settings", "apply", "--file", SETTINGS],
      ["unregister", "--keep", brokers],
      ...(args.rebalance ? [awaitMoves ? rebalance : [...rebalance, "--no-await"]] : []),
      ["elect-leaders"],
    ];
    const files = {
      "topics.json": topicsFile(args),
      "settings.json": settingsFile(args),
    };
    const { job } = new OpsJob(name, { ...args, steps, files, runAgainFor: args.restarts }, { parent: this });
    this.done = job;
    // When nothing is rebalanced, what an interrupted run left may still be under way, and its throttle set. So may moves of others, for which no update waits.
    if (!awaitMoves || !args.rebalance) this.settleLater(`${name}-rebalance`, args, job);
    this.registerOutputs({});
  }

  /** Sees to the end of what was handed to Kafka, however long that takes. It begins no moves, so it is in no later update's way. */
  private settleLater(name: string, args: FinishChangeArgs, finish: k8s.batch.v1.Job): void {
    const patience = ["--wait", String(24 * 3600)];
    const steps = [
      ["settle", "--throttle", String(args.throttle), "--stall", String(365 * 24 * 3600), ...patience],
      ["elect-leaders", ...patience],
    ];
    const later = { ...args, steps, awaited: false, runAgainFor: finish.metadata.name };
    new OpsJob(name, later, { parent: this, dependsOn: finish });
  }
}
