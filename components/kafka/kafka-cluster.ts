import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Peer } from "../kubernetes/allow-ingress";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { fixedName, metadata, selector, type Scope } from "../kubernetes/scope";
import type { Spread } from "../servers/server-pod";
import { restartSettings } from "../servers/restart-settings";
import { restartsOf } from "../servers/server-pool";
import { skipAwait } from "../kubernetes/await-annotations";
import type { JobsOfThisRun } from "../jobs/this-run";
import type { JobResources } from "../jobs/job-resources";
import type { DirectoryTools } from "../storage/pool-volumes";
import { ExternalAccess, type ExternalSpec } from "./external-access";
import { kafkaPod, KafkaPool, type KafkaPoolArgs, type PoolSpec } from "./kafka-pool";
import type { Pool } from "./node-ids";
import { initialVoters, autoJoinsQuorum } from "./quorum";
import { RackReader } from "./rack-reader";
import { restartCheck, restartCheckName } from "./server-checks";
import {
  metadataOf,
  passwordListeners,
  PORTS,
  serverProperties,
  type Authentication,
  type ServerProperties,
  type Settings,
} from "./settings";
import { CORDONS_SINCE, featuresOf, isBefore } from "./versions";

/** Name of the ConfigMap that the servers of a cluster read when they start. */
export const KAFKA_CONFIG = "kafka-config";

/** Arguments of a Kafka cluster without its operations. */
export interface KafkaClusterArgs extends Scope {
  /** Requests and limits of the servers' Jobs. @default small ones */
  readonly jobResources?: JobResources | undefined;
  /** The Kafka image, by digest. */
  readonly image: pulumi.Input<string>;
  /** Kafka version of that image. */
  readonly version: string;
  /** Release of a new cluster's metadata version. @default that of `version` */
  readonly metadataVersion?: string | undefined;
  /** Id of the cluster on its disks: 22 characters of base64url. */
  readonly clusterId: string;
  /** Broker settings under Kafka's own names. */
  readonly settings: Settings;
  /** Size, storage and resources of the brokers. */
  readonly brokers: PoolSpec;
  /** Jobs of this run, and the one that prepares for leaving servers. @default Jobs of earlier runs count as done */
  readonly preparation?:
    | {
        /** Jobs of this run. */
        readonly thisRun: JobsOfThisRun;
        /** Name of the preparing Job. */
        readonly job: string;
      }
    | undefined;
  /** Controllers in their own pods, or the number of brokers that are controllers too. Not used with ZooKeeper. */
  readonly controllers: PoolSpec | number;
  /** Address of the ensemble. @default KRaft, without ZooKeeper */
  readonly zookeeperConnect?: string | undefined;
  /** Access through NodePorts. @default none */
  readonly external?: ExternalSpec | undefined;
  /** Who may connect to the client listener besides the pods of the namespace. @default nobody */
  readonly clients?: readonly Peer[] | undefined;
  /** How clients and servers authenticate. With `tls` the Secrets of `Certificates` must exist. @default none */
  readonly authentication?: Authentication | undefined;
  /** Whether some users have passwords, for which brokers have another listener. @default false */
  readonly passwords?: boolean | undefined;
  /**
   * Whether servers may restart while a server is missing that restarts later: the restart may be the repair, and interrupts writers until then.
   * @default false
   */
  readonly restartBesideMissing?: boolean | undefined;
  /** How to spread servers. With zones, a broker's rack (`broker.rack`) is the zone of its node. */
  readonly spread: Spread;
  /** Needed for hostPath storage. */
  readonly directories?: DirectoryTools | undefined;
  /** Provider for claims that outlive the stack. @default the inherited one */
  readonly adopting?: k8s.Provider | undefined;
  /** The provider's cluster, in which `Released` volumes are freed for their new claims. @default none is freed */
  readonly cluster?: ClusterAccess | undefined;
}

/**
 * A Kafka cluster: brokers, controllers unless there is ZooKeeper, their configuration and their Services. Run `configCheck` first: it checks that
 * Kafka accepts the configuration.
 */
export class KafkaCluster extends pulumi.ComponentResource {
  /** Bootstrap address for clients in the cluster. */
  readonly bootstrap: pulumi.Output<string>;
  /** Changes with everything that restarts a server. */
  readonly restarts: pulumi.Output<string>;
  /** The servers; a dependent resource starts when all are ready. */
  readonly servers: pulumi.Resource[];

  constructor(name: string, args: KafkaClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:kafka:KafkaCluster", name, {}, opts);
    const child = { parent: this };
    const { zookeeperConnect, settings, authentication, passwords = false } = args;
    const listeners = passwordListeners(passwords, args.external);
    const properties = serverProperties(metadataOf(zookeeperConnect), settings, authentication, listeners);
    const bootstrap = new k8s.core.v1.Service(
      `${name}-bootstrap`,
      {
        metadata: metadata(args, "broker", "kafka-bootstrap", skipAwait),
        spec: {
          selector: selector(args.instance, "broker"),
          ports: [{ name: "client", port: PORTS.client }, ...(passwords ? [{ name: "scram", port: PORTS.scram }] : [])],
        },
      },
      fixedName(this),
    );
    const { zoneLabel } = args.spread;
    const rack =
      zoneLabel === undefined ? undefined : new RackReader(`${name}-rack`, { ...args, label: zoneLabel }, child);
    const combined = typeof args.controllers === "number" && args.zookeeperConnect === undefined;
    const dedicated = typeof args.controllers === "object" && args.zookeeperConnect === undefined;
    const poolArgs = (pool: Pool, spec: PoolSpec): KafkaPoolArgs => ({
      ...args,
      ...spec,
      pool,
      mode: args.zookeeperConnect === undefined ? "kraft" : "zookeeper",
      combined: pool === "broker" && combined,
      external: pool === "broker" ? args.external : undefined,
      rack: pool === "broker" ? rack : undefined,
      configMap: KAFKA_CONFIG,
      restartHash: properties.restartHash,
      restartSettings: properties.restartSettings,
    });
    const planned = [
      ...(dedicated ? [poolArgs("controller", args.controllers)] : []),
      poolArgs("broker", args.brokers),
    ];
    const restarts = pulumi
      .all(planned.map((each) => restartsOf({ ...each, role: each.pool, pod: kafkaPod(each) })))
      .apply((hashes) => hashes.join(" "));
    const checked =
      args.restartBesideMissing === true
        ? []
        : [restartCheck(name, { ...args, restarts, earlier: KAFKA_CONFIG, thisRun: args.preparation?.thisRun }, child)];
    const configMap = this.configuration(name, args, properties, checked);
    const written = restartSettings(
      `${name}-restart-settings`,
      args,
      "broker",
      { hash: properties.restartHash, settings: properties.restartSettings },
      child,
    );
    const pools: KafkaPool[] = [];
    for (const each of planned) {
      const before = pools.map(({ statefulSet }) => statefulSet);
      const readable = each.pool === "broker" && rack ? [rack.ready] : [];
      const poolName = each.pool === "broker" ? name : `${name}-controller`;
      const dependsOn = [...checked, ...before, ...readable, written];
      const beforeUpdate = args.preparation?.thisRun.renewing(poolName, {
        leaving: args.preparation.job,
        lastLook: each.pool === "broker" && !keepsTopicsAway(args),
        restarting: args.restartBesideMissing === true ? undefined : restartCheckName(name),
      });
      pools.push(
        new KafkaPool(poolName, { ...each, beforeUpdate, configMap: configMap.metadata.name }, { ...child, dependsOn }),
      );
    }
    this.servers = pools.map(({ statefulSet }) => statefulSet);
    this.restarts = pulumi.all(pools.map((pool) => pool.restarts)).apply((hashes) => hashes.join(" "));
    if (args.external) {
      new ExternalAccess(`${name}-external`, { ...args, ...args.external, replicas: args.brokers.replicas }, child);
    }
    this.bootstrap = pulumi.interpolate`${bootstrap.metadata.name}.${args.namespace}.svc:${PORTS.client}`;
    this.registerOutputs({ bootstrap: this.bootstrap });
  }

  private configuration(
    name: string,
    args: KafkaClusterArgs,
    properties: ServerProperties,
    dependsOn: pulumi.Resource[],
  ) {
    const controllers = typeof args.controllers === "number" ? args.controllers : args.controllers.replicas;
    const voters = votersOf(args);
    return new k8s.core.v1.ConfigMap(
      `${name}-config`,
      {
        metadata: metadata(args, "broker", KAFKA_CONFIG),
        // Values that a pod reads only when it starts, and that must not restart it, are here and not in its environment.
        data: {
          "server.properties": properties.text,
          controllers: `${controllers}\n`,
          // A controller asks all servers before it founds a quorum.
          brokers: `${args.brokers.replicas}\n`,
          // Tells the next change the running version when no broker can. Written before the roll, so after one that stopped half-way some servers have the
          // version before. On the way up that only refuses more: the next change must be no older than this one. On the way down `metadata-check` has found
          // that this version reads the metadata, and the metadata version is raised only after `finish`.
          version: `${args.version}\n`,
          ...(voters !== undefined && { voters: `${voters}\n` }),
          ...(args.metadataVersion !== undefined && { "metadata-version": `${args.metadataVersion}\n` }),
        },
      },
      { ...fixedName(this), dependsOn },
    );
  }
}

/**
 * Whether brokers that leave are certainly cordoned, so that no topic comes to them after they were drained. Otherwise one that is created before their
 * pods are gone may have its only copies there.
 */
const keepsTopicsAway = ({ version, metadataVersion }: KafkaClusterArgs): boolean =>
  featuresOf(version).cordons && metadataVersion !== undefined && !isBefore(metadataVersion, CORDONS_SINCE);

/** The first voters, for versions whose controllers cannot join a quorum that one of them founds. */
function votersOf({ clusterId, controllers, version, zookeeperConnect }: KafkaClusterArgs): string | undefined {
  if (zookeeperConnect !== undefined || autoJoinsQuorum(version)) return undefined;
  return typeof controllers === "number"
    ? initialVoters(clusterId, "broker", controllers)
    : initialVoters(clusterId, "controller", controllers.replicas);
}
