import * as pulumi from "@pulumi/pulumi";
import { Certificates } from "../certificates/certificates";
import type { AuthoritySpec } from "../certificates/exchange";
import { whyNotTls } from "../kafka/why-not-tls";
import { clusterId } from "../kafka/cluster-id";
import type { ExternalSpec } from "../kafka/external-access";
import { KAFKA_CONFIG, KafkaCluster, type KafkaClusterArgs } from "../kafka/kafka-cluster";
import { nodeIds } from "../kafka/node-ids";
import { autoJoinsQuorum } from "../kafka/quorum";
import { featuresOf } from "../kafka/versions";
import { configCheck, toolCertificate } from "../kafka/server-checks";
import { type Authentication, metadataOf, passwordListeners, serverProperties } from "../kafka/settings";
import { tolerateMocks } from "../kubernetes/mocks";
import { clusterFileMap, type Desired } from "../operations/desired-state";
import { FinishChange, PrepareChange } from "../operations/kafka-operations";
import type { JobResources } from "../jobs/job-resources";
import { DEFAULT_DISK_LIMIT, DEFAULT_STALL_SECONDS, DEFAULT_THROTTLE } from "../operations/moves";
import { JobsOfThisRun } from "../jobs/this-run";
import { OpsTemplate } from "../operations/ops-template";
import { OrderKey } from "../servers/order-key";
import { ToolJob } from "../servers/tool-job";
import { refusePodsOf } from "../pods/context";
import type { Spread } from "../servers/server-pod";
import { accessOf } from "../users/access";
import { hasPassword } from "../users/user";
import { ownAccess } from "../users/own-access";
import { LeftClaims } from "../storage/left-claims";
import type { DirectoryTools } from "../storage/pool-volumes";
import { Ensemble } from "../zookeeper/ensemble";
import { leftPools } from "./left-pools";
import { resolveCluster, type ClusterSpec } from "./resolve";
import type { KafkaImages } from "./images";
import { refuseBadArguments } from "./judge-arguments";
import { refuseSharedNamespace } from "./one-namespace";
import { resolvePrerequisites, type PrerequisiteArgs } from "./prerequisites";

/** How much of the cluster's network and time a change may use. */
export interface Operations {
  /** Whether brokers that hold too little get their share of the partitions. @default true */
  readonly rebalance?: boolean | undefined;
  /** Bytes per second that moving partitions may use of each broker. @default 50 MiB */
  readonly throttle?: number | undefined;
  /** Seconds without a copied byte after which a move is given up. @default 900 */
  readonly stallSeconds?: number | undefined;
  /** Whether an update waits until partitions have moved to new brokers. @default true */
  readonly awaitMoves?: boolean | undefined;
  /** Percent of a broker's disk that moving partitions may fill; a move that would pass it is refused. @default 80 */
  readonly diskLimit?: number | undefined;
  /** Whether brokers shall hold equally many bytes, and not only equally many partitions. @default false */
  readonly evenBytes?: boolean | undefined;
  /** Ordinals of brokers that get no new replicas, and are drained; Kafka 4.3 and later. @default none */
  readonly cordoned?: readonly number[] | undefined;
  /** Requests and limits of a Job's pod. @default small ones, with limits, so that a quota accepts it */
  readonly resources?: JobResources | undefined;
  /** Whether servers may restart while a server is missing that comes later in the order. @default false */
  readonly restartBesideMissing?: boolean | undefined;
}

/**
 * Arguments of a Kafka cluster. Only the images are required, or where to push them.
 *
 * By default, three brokers that are controllers too keep three replicas of everything (`default.replication.factor`, and as many of Kafka's own
 * topics); a record is acknowledged (`acks=all`) once two have it (`min.insync.replicas`); no replica that lacks acknowledged records may lead
 * (`unclean.leader.election.enable`); and topics are created only by declaration (`auto.create.topics.enable`).
 */
export interface KafkaArgs extends PrerequisiteArgs, ClusterSpec, AuthoritySpec {
  /**
   * Release of the cluster's metadata version: a new one begins with it, an older one is raised to it. @default a new cluster begins with that of its
   * version, and none is raised
   */
  readonly metadataVersion?: string | undefined;
  /** Id of the cluster on its disks: 22 characters of base64url. @default derived from project, stack and the component's name */
  readonly clusterId?: string | undefined;
  /** Access through NodePorts. @default none */
  readonly external?: ExternalSpec | undefined;
  /** Who may connect to the brokers besides the pods of their namespace: pods of others, or addresses. @default nobody */
  readonly clients?: KafkaClusterArgs["clients"];
  /**
   * How clients and servers authenticate on all listeners. `tls` is for new clusters, and for ones that do not run: servers with and without it
   * cannot talk to each other. It needs Kafka 4 in KRaft mode. @default none
   */
  readonly authentication?: Authentication | undefined;
  /** Topics of the chat (`Chat`), where `authentication` is `tls`: kproducer may write them, and kconsumer read them. @default none */
  readonly rooms?: readonly string[] | undefined;
  /**
   * Whether there is a page of the cluster (`LagSource.page`): where `authentication` is `tls`, the exporter of lag may then describe the cluster and the
   * brokers' settings too. @default false
   */
  readonly page?: boolean | undefined;
  /** How to spread servers. @default over nodes where there are enough */
  readonly spread?: Spread | undefined;
  /** How much of the cluster a change may use. @default see {@link Operations} */
  readonly operations?: Operations | undefined;
  /** Needed for hostPath storage. */
  readonly directories?: DirectoryTools | undefined;
  /** Must exist before anything that holds data. Images may be built meanwhile. @default nothing */
  readonly after?: pulumi.Resource[] | undefined;
  /** Prefix of the children's names, which must be unique in a program. @default the component's name and `-` */
  readonly prefix?: string | undefined;
}

/**
 * A whole operated Kafka cluster: servers, configuration, volumes and topics, changed in an order that loses nothing. A change is prepared first
 * (topics are checked, leaving servers are drained), then the servers change one by one, then the change is completed (settings, topics, an even
 * spread of partitions).
 *
 * One namespace holds one cluster: its objects have fixed names, such as the headless Service `broker`.
 */
export class Kafka extends pulumi.ComponentResource {
  /** Bootstrap address for clients in the cluster. */
  readonly bootstrap: pulumi.Output<string>;
  /** Exists once the servers run and their change is complete. */
  readonly done: pulumi.Resource;
  /** The images that it runs, for another cluster with the same ones. */
  readonly images: KafkaImages;

  constructor(name: string, written: KafkaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:cluster:Kafka", name, {}, opts);
    tolerateMocks();
    refuseBadArguments(name, written);
    const given = refuseSharedNamespace(this, name, written);
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
    // These parts were once the program's own; aliases keep the state of stacks from that time.
    const child = { parent: this, aliases: [{ parent: pulumi.rootStackResource }], ...settled.providers };
    const { authentication = "none", metadataVersion, images, version, controllers, settings } = args;
    const why = authentication === "tls" ? whyNotTls(args.zookeeper ? "zookeeper" : "kraft", version) : undefined;
    if (why !== undefined) throw new Error(`authentication cannot be tls: ${why}`);
    const passwords = (args.users ?? []).some(hasPassword);
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
                authority: args.authority,
                authorityWaitHours: args.authorityWaitHours,
                jobResources,
              },
              { ...child, dependsOn: after },
            ).ready,
          ]
        : [];

    // The headless Service is deleted after the brokers, so the Jobs reach them even when an earlier run ended half-way.
    const bootstrap = pulumi.interpolate`broker.${args.namespace}.svc:9092`;
    const { namespace, instance, pullSecret, pods, users = [] } = args;
    const scope = { namespace, instance, pullSecret, pods };
    // Before the Jobs that give orders, and before the servers that take them.
    const orders = ensemble
      ? []
      : [new OrderKey(named("orders"), scope, { parent: this, ...settled.providers, dependsOn: after }).secret];
    const quorum =
      typeof controllers === "number" ? nodeIds("broker", controllers) : nodeIds("controller", controllers.replicas);
    const desired: Desired = {
      version,
      brokers: nodeIds("broker", args.brokers.replicas),
      cordoned: featuresOf(version).cordons ? (args.operations?.cordoned ?? []) : undefined,
      controllers: autoJoinsQuorum(version) ? quorum : undefined,
      voters: autoJoinsQuorum(version) || ensemble ? undefined : quorum,
      topics: args.topics,
      users: authentication === "tls" ? [...ownAccess(args.rooms ?? [], args.page), ...users.map(accessOf)] : undefined,
      settings,
      dynamicSettings: serverProperties(metadataOf(ensemble?.connect), settings).dynamic,
      moves: {
        throttle: args.operations?.throttle ?? DEFAULT_THROTTLE,
        stallSeconds: args.operations?.stallSeconds ?? DEFAULT_STALL_SECONDS,
        rebalance: args.operations?.rebalance ?? true,
        wait: args.operations?.awaitMoves ?? true,
        diskLimit: args.operations?.diskLimit ?? DEFAULT_DISK_LIMIT,
        evenBytes: args.operations?.evenBytes ?? false,
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
      controllers: ensemble === undefined,
    };
    const tool = { ...scope, image: images.kafka, jobResources, files: toolCertificate(authentication) };
    // The same when there is nothing to wait for.
    const certified = certificates.length > 0 ? { ...child, dependsOn: certificates } : child;
    // Checks that may refuse the change come before its preparation.
    const checked = [
      configCheck(
        named("broker"),
        {
          ...tool,
          authentication,
          passwords: passwordListeners(passwords, args.external),
          settings,
          dedicated,
          zookeeperConnect: ensemble?.connect,
        },
        certified,
      ),
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
      { ...child, dependsOn: [...checked, ...orders] },
    );

    const kafka = new KafkaCluster(
      named("broker"),
      {
        ...servers,
        clusterId: id,
        settings,
        passwords,
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
    const pools = leftPools(complete);
    if (pools.length > 0) {
      new LeftClaims(
        named("left-claims"),
        { namespace, instance, pools, left: finished.ran, cluster: args.cluster },
        { parent: this, dependsOn: finished.done },
      );
    }
    if (metadataVersion !== undefined) {
      new ToolJob(
        named("metadata-version"),
        { ...tool, command: ["metadata-version.sh", "raise", bootstrap, metadataVersion] },
        { ...child, dependsOn: finished.done },
      );
    }
    // Only `ops users` reads the document. Elsewhere the template would change with each topic, for nothing.
    const clusterFile = desired.users && operation.clusterFile;
    new OpsTemplate(named("ops"), { ...operation, clusterFile }, child);
    this.bootstrap = kafka.bootstrap;
    this.done = finished.done;
    this.images = images;
    this.registerOutputs({ bootstrap: this.bootstrap });
  }
}
