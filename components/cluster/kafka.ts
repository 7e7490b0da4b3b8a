import * as pulumi from "@pulumi/pulumi";
import { Certificates } from "../certificates/certificates";
import { whyNotTls } from "../certificates/why-not-tls";
import { clusterId } from "../kafka/cluster-id";
import type { ExternalSpec } from "../kafka/external-access";
import { KAFKA_CONFIG, KafkaCluster, type KafkaClusterArgs } from "../kafka/kafka-cluster";
import { nodeIds } from "../kafka/node-ids";
import { autoJoinsQuorum } from "../kafka/quorum";
import { configCheck } from "../kafka/server-checks";
import { type Authentication, metadataOf, serverProperties } from "../kafka/settings";
import { tolerateMocks } from "../kubernetes/mocks";
import { clusterFileMap, type Desired } from "../operations/desired-state";
import { FinishChange, PrepareChange } from "../operations/kafka-operations";
import type { JobResources } from "../operations/job-resources";
import { DEFAULT_STALL_SECONDS, DEFAULT_THROTTLE } from "../operations/moves";
import { JobsOfThisRun } from "../operations/this-run";
import { OpsTemplate } from "../operations/ops-template";
import { ToolJob } from "../operations/tool-job";
import { refusePodsOf } from "../pods/context";
import type { Spread } from "../servers/server-pod";
import { accessOf } from "../users/access";
import { ownAccess } from "../users/own-access";
import type { DirectoryTools } from "../storage/pool-volumes";
import { Ensemble } from "../zookeeper/ensemble";
import { resolveCluster, type ClusterSpec } from "./resolve";
import type { KafkaImages } from "./images";
import { refuseBadArguments } from "./judge-arguments";
import { resolvePrerequisites, type PrerequisiteArgs } from "./prerequisites";

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

/**
 * What a Kafka cluster is made of. Required are only the images, or where to push them.
 *
 * Without a word of the rest, three brokers that are controllers too keep three copies of everything (`default.replication.factor`, and as many of Kafka's own topics);
 * a record is acknowledged (`acks=all`) once two have it (`min.insync.replicas`); no copy that lacks acknowledged records may lead (`unclean.leader.election.enable`);
 * and topics are created by who declares them (`auto.create.topics.enable`).
 */
export interface KafkaArgs extends PrerequisiteArgs, ClusterSpec {
  /** Release whose metadata version the cluster is at: a new one begins with it, an older one is raised to it. @default a new cluster begins with that of its version, and none is raised */
  readonly metadataVersion?: string | undefined;
  /** Identity of the cluster on its disks: 22 characters of base64url. @default derived from project, stack and the component's name */
  readonly clusterId?: string | undefined;
  /** Access by NodePorts. @default none */
  readonly external?: ExternalSpec | undefined;
  /** Who may connect to the brokers beside the pods of their namespace: pods of others, or addresses. @default nobody */
  readonly clients?: KafkaClusterArgs["clients"];
  /** By what clients and servers know each other on all listeners. `tls` is for new clusters, and for ones that do not run: servers of both kinds cannot talk to each other. It needs Kafka 4 in KRaft mode. @default none */
  readonly authentication?: Authentication | undefined;
  /** Topics of the chat (`Chat`), where `authentication` is `tls`: kproducer may write them, and kconsumer read them. @default none */
  readonly rooms?: readonly string[] | undefined;
  /** How servers are spread. @default over nodes where there are enough */
  readonly spread?: Spread | undefined;
  /** How much a change may take of the cluster. @default see {@link Operations} */
  readonly operations?: Operations | undefined;
  /** Needed for hostPath storage. */
  readonly directories?: DirectoryTools | undefined;
  /** What must be there before anything that holds data. The images may be made meanwhile. @default nothing */
  readonly after?: pulumi.Resource[] | undefined;
  /** Stands before the names of the children, which are to be unique in a program. @default the component's name and `-` */
  readonly prefix?: string | undefined;
}

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
  /** The images that it runs, for another cluster that shall run the same. */
  readonly images: KafkaImages;

  constructor(name: string, given: KafkaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:cluster:Kafka", name, {}, opts);
    tolerateMocks();
    refuseBadArguments(name, given);
    const prefix = given.prefix ?? `${name}-`;
    const named = (part: string) => `${prefix}${part}`;
    const complete = resolveCluster(given);
    refusePodsOf(
      {
        zookeeper: complete.zookeeper !== undefined,
        dedicated: complete.zookeeper === undefined && typeof complete.controllers === "object",
        zones: given.spread?.zoneLabel !== undefined,
        brokerGrace: complete.brokers.terminationGracePeriodSeconds,
        controllerGrace:
          typeof complete.controllers === "object" ? complete.controllers.terminationGracePeriodSeconds : undefined,
      },
      given.pods,
    );
    const settled = resolvePrerequisites(this, { name, prefix }, given, complete);
    const args = { ...given, ...complete, ...settled };
    // The parts were the program's own once: stacks of that time keep their state.
    const child = { parent: this, aliases: [{ parent: pulumi.rootStackResource }], ...settled.providers };
    const { authentication = "none", metadataVersion, images, version, controllers, settings } = args;
    const why = authentication === "tls" ? whyNotTls(args.zookeeper ? "zookeeper" : "kraft", version) : undefined;
    if (why !== undefined) throw new Error(`authentication cannot be tls: ${why}`);
    const after = args.after ?? [];
    const jobResources = args.operations?.resources;
    const servers = {
      ...args,
      image: images.kafka,
      jobResources,
      spread: args.spread ?? { nodes: "preferred" as const },
    };
    const id = args.clusterId ?? clusterId(pulumi.getProject(), pulumi.getStack(), name);
    const ensemble = args.zookeeper
      ? new Ensemble(
          named("zookeeper"),
          { ...servers, ...args.zookeeper, clusterId: id },
          { ...child, dependsOn: after },
        )
      : undefined;

    const dedicated = typeof controllers === "object";
    const certificates =
      authentication === "tls"
        ? [
            new Certificates(
              named("certificates"),
              {
                namespace: args.namespace,
                instance: args.instance,
                pullSecret: args.pullSecret,
                pods: args.pods,
                image: images.services,
                dedicated,
                externalHost: args.external?.host,
                users: args.users,
                jobResources,
              },
              { ...child, dependsOn: after },
            ).ready,
          ]
        : [];

    // The headless Service: it goes after the brokers, so the Jobs reach them also when an earlier run ended half-way.
    const bootstrap = pulumi.interpolate`broker.${args.namespace}.svc:9092`;
    const { namespace, instance, pullSecret, pods, users = [] } = args;
    const scope = { namespace, instance, pullSecret, pods };
    const desired: Desired = {
      version,
      brokers: nodeIds("broker", args.brokers.replicas),
      controllers: autoJoinsQuorum(version)
        ? typeof controllers === "number"
          ? nodeIds("broker", controllers)
          : nodeIds("controller", controllers.replicas)
        : undefined,
      topics: args.topics,
      users: authentication === "tls" ? [...ownAccess(args.rooms ?? []), ...users.map(accessOf)] : undefined,
      settings,
      dynamicSettings: serverProperties(metadataOf(ensemble?.connect), settings).dynamic,
      moves: {
        throttle: args.operations?.throttle ?? DEFAULT_THROTTLE,
        stallSeconds: args.operations?.stallSeconds ?? DEFAULT_STALL_SECONDS,
        rebalance: args.operations?.rebalance ?? true,
        wait: args.operations?.awaitMoves ?? true,
      },
    };
    const [provider] = settled.providers.providers ?? [];
    const document = clusterFileMap(named("desired-state"), scope, desired, {
      parent: this,
      ...(provider && { provider }),
    });
    const operation = {
      ...scope,
      image: images.services,
      bootstrap,
      desired,
      clusterFile: document.metadata.name,
      cluster: args.cluster,
      jobResources,
      authentication,
    };
    const tool = { ...scope, image: images.kafka, jobResources, authentication };
    // The same where there is nothing to wait for.
    const certified = certificates.length > 0 ? { ...child, dependsOn: certificates } : child;
    // What may refuse the change comes before what does something for it.
    const checked = [
      configCheck(named("broker"), { ...tool, settings, dedicated, zookeeperConnect: ensemble?.connect }, certified),
      ...(ensemble
        ? []
        : [
            new ToolJob(
              named("metadata-check"),
              { ...tool, command: ["metadata-version.sh", "check", bootstrap, version], earlier: KAFKA_CONFIG },
              certified,
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
    this.images = images;
    this.registerOutputs({ bootstrap: this.bootstrap });
  }
}
