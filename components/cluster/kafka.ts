import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { clusterId } from "../kafka/cluster-id";
import { KAFKA_CONFIG, KafkaCluster, type KafkaClusterArgs } from "../kafka/kafka-cluster";
import type { PoolSpec } from "../kafka/kafka-pool";
import { nodeIds } from "../kafka/node-ids";
import { joinsByItself } from "../kafka/quorum";
import { configCheck } from "../kafka/server-checks";
import { metadataOf, serverProperties, type Settings } from "../kafka/settings";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import type { Scope } from "../kubernetes/scope";
import type { Spread } from "../servers/server-pod";
import { clusterFileMap, type Desired, type Topic } from "../operations/desired-state";
import { FinishChange, PrepareChange } from "../operations/kafka-operations";
import type { JobResources } from "../operations/job-resources";
import { JobsOfThisRun } from "../operations/this-run";
import { OpsTemplate } from "../operations/ops-template";
import { ToolJob } from "../operations/tool-job";
import type { DirectoryTools } from "../storage/pool-volumes";
import { Ensemble, type EnsembleArgs } from "../zookeeper/ensemble";

/** The ensemble of a cluster in ZooKeeper mode. */
export type ZooKeeperSpec = Pick<EnsembleArgs, "replicas" | "persistentServers" | "heap" | "resources" | "storage">;

/** How much of the cluster's network and time a change may take. */
export interface Operations {
  /** Whether brokers that hold too little get their share of the partitions. @default true */
  readonly rebalance?: boolean | undefined;
  /** Bytes per second that moving partitions may take of each broker. @default 50 MiB */
  readonly throttle?: number | undefined;
  /** Seconds without a byte copied after which moving partitions is given up. @default 900 */
  readonly stallSeconds?: number | undefined;
  /** Whether an update waits until partitions have moved to new brokers. @default true */
  readonly awaitMoves?: boolean | undefined;
  /** What a Job's pod asks for and may use. @default little, with limits, so that a quota lets it in */
  readonly resources?: JobResources | undefined;
  /** Whether servers are restarted although one is missing that comes later in the order. @default false */
  readonly restartBesideMissing?: boolean | undefined;
}

/** What a Kafka cluster is made of. What has a default that fits most needs not be named. */
export interface KafkaArgs extends Scope {
  /** The images to run, by digest; `Image` builds them. */
  readonly images: {
    /** The Kafka image, of `version`. */
    readonly kafka: pulumi.Input<string>;
    /** The services image, whose ops program prepares and finishes changes. */
    readonly services: pulumi.Input<string>;
  };
  /** Kafka version of the Kafka image. */
  readonly version: string;
  /** Release whose metadata version the cluster is at: a new one begins with it, an older one is raised to it. @default a new cluster begins with that of `version`, and none is raised */
  readonly metadataVersion?: string | undefined;
  /** Identity of the cluster on its disks: 22 characters of base64url. @default derived from project, stack and the component's name */
  readonly clusterId?: string | undefined;
  /** Broker settings under Kafka's own names. @default Kafka's own, which can lose data; name at least replication and `min.insync.replicas` */
  readonly settings?: Settings | undefined;
  /** Topics that exist once the component does. @default none */
  readonly topics?: readonly Topic[] | undefined;
  readonly brokers: PoolSpec;
  /** Controllers in pods of their own, or the number of brokers that are controllers too. Not used with ZooKeeper. @default 3, or 1 with fewer than three brokers */
  readonly controllers?: PoolSpec | number | undefined;
  /** The ensemble of a cluster in ZooKeeper mode. @default KRaft, without ZooKeeper */
  readonly zookeeper?: ZooKeeperSpec | undefined;
  /** Access by NodePorts. @default none */
  readonly external?: KafkaClusterArgs["external"];
  /** Who may connect to the brokers beside the pods of their namespace: pods of others, or addresses. @default nobody */
  readonly clients?: KafkaClusterArgs["clients"];
  /** How servers are spread. @default over nodes where there are enough */
  readonly spread?: Spread | undefined;
  readonly operations?: Operations | undefined;
  /** Needed for hostPath storage. */
  readonly directories?: DirectoryTools | undefined;
  /** Provider for claims that outlive the stack. @default the inherited one */
  readonly adopting?: k8s.Provider | undefined;
  /**
   * The provider's cluster. In it, volumes that are `Released` are freed for their new claims, Jobs that an interrupted run left at work are ended, and what an
   * earlier run prepared is prepared again before servers leave or restart. @default none of it is done
   */
  readonly cluster?: ClusterAccess | undefined;
  /** What must be there before anything that holds data. The images may be made meanwhile. @default nothing */
  readonly after?: pulumi.Resource[] | undefined;
  /** Stands before the names of the children, for a second cluster of the same program. @default nothing */
  readonly prefix?: string | undefined;
}

/** 15 minutes: a broker that restarts is back long before. */
const DEFAULT_STALL_S = 900;

/** 50 MiB: half of a network of 1 Gbit/s stays for clients. */
const DEFAULT_THROTTLE = 50 * 1024 * 1024;

/**
 * A whole operated Kafka cluster: servers, configuration, volumes and topics, in the order that loses nothing. What a change needs is done first (topics are checked,
 * what leaves is drained), then the servers change one by one, then the change is completed (settings, topics, a share of the partitions for each broker).
 *
 * One namespace holds one cluster: its objects have fixed names, such as the headless Service `broker`.
 */
export class Kafka extends pulumi.ComponentResource {
  /** Bootstrap address for clients in the cluster. */
  readonly bootstrap: pulumi.Output<string>;
  /** Exists once the servers run and the change of them is complete. */
  readonly done: pulumi.Resource;

  constructor(name: string, args: KafkaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:cluster:Kafka", name, {}, opts);
    const named = (part: string) => `${args.prefix ?? ""}${part}`;
    // The parts were the program's own once: stacks of that time keep their state.
    const child = { parent: this, aliases: [{ parent: pulumi.rootStackResource }] };
    const { version, metadataVersion, images } = args;
    const after = args.after ?? [];
    const settings = args.settings ?? {};
    const jobResources = args.operations?.resources;
    const servers = {
      ...args,
      image: images.kafka,
      jobResources,
      spread: args.spread ?? { nodes: "preferred" as const },
    };
    const controllers = args.controllers ?? (args.brokers.replicas >= 3 ? 3 : 1);
    const id = args.clusterId ?? clusterId(pulumi.getProject(), pulumi.getStack(), name);
    const ensemble = args.zookeeper
      ? new Ensemble(
          named("zookeeper"),
          { ...servers, ...args.zookeeper, clusterId: id },
          { ...child, dependsOn: after },
        )
      : undefined;

    // The headless Service: it goes after the brokers, so the Jobs reach them also when an earlier run ended half-way.
    const bootstrap = pulumi.interpolate`broker.${args.namespace}.svc:9092`;
    const scope = { namespace: args.namespace, instance: args.instance, pullSecret: args.pullSecret };
    const desired: Desired = {
      version,
      brokers: nodeIds("broker", args.brokers.replicas),
      controllers: joinsByItself(version)
        ? typeof controllers === "number"
          ? nodeIds("broker", controllers)
          : nodeIds("controller", controllers.replicas)
        : undefined,
      topics: args.topics ?? [],
      settings,
      dynamicSettings: serverProperties(metadataOf(ensemble?.connect), settings).dynamic,
      moves: {
        throttle: args.operations?.throttle ?? DEFAULT_THROTTLE,
        stallSeconds: args.operations?.stallSeconds ?? DEFAULT_STALL_S,
        rebalance: args.operations?.rebalance ?? true,
        wait: args.operations?.awaitMoves ?? true,
      },
    };
    const document = clusterFileMap(named("desired-state"), scope, desired, { parent: this });
    const operation = {
      ...scope,
      image: images.services,
      bootstrap,
      desired,
      clusterFile: document.metadata.name,
      cluster: args.cluster,
      jobResources,
    };
    const tool = { ...scope, image: images.kafka, jobResources };
    const dedicated = typeof controllers === "object";
    // What may refuse the change comes before what does something for it.
    const checked = [
      configCheck(named("broker"), { ...tool, settings, dedicated, zookeeperConnect: ensemble?.connect }, child),
      ...(ensemble
        ? []
        : [
            new ToolJob(
              named("metadata-check"),
              { ...tool, command: ["metadata-version.sh", "check", bootstrap, version], earlier: KAFKA_CONFIG },
              child,
            ).job,
          ]),
    ];
    const thisRun = new JobsOfThisRun({ instance: args.instance, cluster: args.cluster });
    const beforeCreate = thisRun.noting(named("prepare"));
    const prepared = new PrepareChange(
      named("prepare"),
      { ...operation, earlier: KAFKA_CONFIG, beforeCreate },
      { ...child, dependsOn: checked },
    );

    const kafka = new KafkaCluster(
      named("broker"),
      {
        ...servers,
        clusterId: id,
        settings,
        controllers,
        zookeeperConnect: ensemble?.connect,
        preparation: { thisRun, job: named("prepare") },
        restartBesideMissing: args.operations?.restartBesideMissing,
      },
      { ...child, dependsOn: [prepared.done, ...(ensemble?.ready ?? [])] },
    );
    const finished = new FinishChange(
      named("finish"),
      { ...operation, restarts: pulumi.interpolate`${kafka.restarts} ${prepared.ran}` },
      { ...child, dependsOn: kafka.servers },
    );
    if (metadataVersion !== undefined) {
      new ToolJob(
        named("metadata-version"),
        { ...tool, command: ["metadata-version.sh", "raise", bootstrap, metadataVersion] },
        { ...child, dependsOn: finished.done },
      );
    }
    new OpsTemplate(named("ops"), operation, child);
    this.bootstrap = kafka.bootstrap;
    this.done = finished.done;
    this.registerOutputs({ bootstrap: this.bootstrap });
  }
}
