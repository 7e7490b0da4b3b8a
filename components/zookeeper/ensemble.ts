import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { skipAwait } from "../kubernetes/await-annotations";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { ZOOKEEPER_PORTS as PORTS } from "../kubernetes/ports";
import { fixedName, metadata, selector, type Scope } from "../kubernetes/scope";
import { KAFKA_UID } from "../kubernetes/security";
import { serverPod, type Spread } from "../servers/server-pod";
import { ServerPool } from "../servers/server-pool";
import type { JobResources } from "../jobs/job-resources";
import { ToolJob } from "../servers/tool-job";
import { mountPath, templateName, type PoolStorage } from "../storage/plan";
import { PoolVolumes, type DirectoryTools } from "../storage/pool-volumes";
import { memberLines, serverSets, type ServerSet } from "./members";
import { restartHash, zooCfg } from "./settings";

/** Arguments of an ensemble. */
export interface EnsembleArgs extends Scope {
  /** Requests and limits of the ensemble's Jobs. @default small ones */
  readonly jobResources?: JobResources | undefined;
  /** The Kafka image, of a version that still has ZooKeeper. */
  readonly image: pulumi.Input<string>;
  /** Id of the Kafka cluster that uses the ensemble. It marks the ensemble's volumes, as it does the brokers'. */
  readonly clusterId: string;
  /** Servers, an odd number. */
  readonly replicas: number;
  /** How many of them, from the first, have volumes: a majority, so that the ensemble survives the loss of all others. @default all */
  readonly persistentServers?: number | undefined;
  /** JVM heap such as `128m`. */
  readonly heap: string;
  /** Requests and limits of a server. */
  readonly resources: k8s.types.input.core.v1.ResourceRequirements;
  /** Storage of the servers with volumes; each uses its first. */
  readonly storage: PoolStorage;
  /** How to spread its servers over nodes and zones. */
  readonly spread: Spread;
  /** Needed for hostPath storage. */
  readonly directories?: DirectoryTools | undefined;
  /** Provider for claims that outlive the stack. @default the inherited one */
  readonly adopting?: k8s.Provider | undefined;
  /** The provider's cluster, in which `Released` volumes are freed for their new claims. @default none is freed */
  readonly cluster?: ClusterAccess | undefined;
}

/** Name of the ConfigMap with the settings and the list of members. */
const CONFIG = "zookeeper-config";

/** Seconds for a server's stop: it has nothing to hand over. */
const grace = { terminationGracePeriodSeconds: 30 };

/** Capacity of the data directory of a server without a volume; it counts against the pod's ephemeral storage limit. */
const EPHEMERAL_SIZE = "128Mi";

/**
 * A ZooKeeper ensemble. New servers join and become voters afterwards; leaving servers lose their vote before they stop. Neither restarts the other
 * servers or the clients.
 */
export class Ensemble extends pulumi.ComponentResource {
  /** Address for clients in the namespace, independent of the number of servers. */
  readonly connect: string = `zookeeper-client:${PORTS.client}`;
  /** Clients of the ensemble must wait for these. */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: EnsembleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:zookeeper:Ensemble", name, {}, opts);
    const child = fixedName(this);
    const sets = serverSets(args.replicas, args.persistentServers ?? args.replicas);
    const members = memberLines(sets);
    const client = new k8s.core.v1.Service(
      `${name}-client`,
      {
        metadata: metadata(args, "zookeeper", "zookeeper-client", skipAwait),
        spec: { selector: selector(args.instance, "zookeeper"), ports: [{ name: "client", port: PORTS.client }] },
      },
      child,
    );
    // Unlisted members leave before their pods stop; new ones join once their pods run.
    const change = (
      action: "leave" | "settle",
      dependsOn: pulumi.Resource[] = [],
      runAgainFor?: pulumi.Input<string>,
    ) =>
      new ToolJob(
        `${name}-${action}`,
        { ...args, command: ["zookeeper-members.sh", action, this.connect, ...members], earlier: CONFIG, runAgainFor },
        { parent: this, dependsOn },
      ).job;
    const left = change("leave");
    const configMap = new k8s.core.v1.ConfigMap(
      `${name}-config`,
      {
        metadata: metadata(args, "zookeeper", CONFIG),
        data: { "zoo.cfg": zooCfg, members: members.map((line) => `${line}\n`).join("") },
      },
      // Until members have left, the list contains the previous ones.
      { ...child, dependsOn: left },
    );
    const servers = sets.map((set) =>
      this.servers(set.persistent ? name : `${name}-ephemeral`, set, args, configMap.metadata.name, [client, left]),
    );
    // Also when members left for a change that was taken back: the Job that settled them before would otherwise count as done.
    this.ready = [change("settle", servers, left.metadata.name)];
    this.registerOutputs({});
  }

  private servers(
    name: string,
    set: ServerSet,
    args: EnsembleArgs,
    configMap: pulumi.Output<string>,
    dependsOn: pulumi.Resource[],
  ): pulumi.Resource {
    const role = "zookeeper";
    const storage: PoolStorage = { ...args.storage, volumes: 1 };
    const volumes = set.persistent
      ? new PoolVolumes(`${name}-volumes`, { ...args, ...set, role, storage, uid: KAFKA_UID }, { parent: this })
      : undefined;
    const { health, ...ports } = PORTS;
    return new ServerPool(
      name,
      {
        ...args,
        ...set,
        ...grace,
        role,
        restartHash,
        ports,
        poolLabels: { "kafka-stack/pool": set.pool },
        access: set.persistent
          ? [
              { ports: [PORTS.client], from: ["broker", "controller", "ops"] },
              { ports: [PORTS.follower, PORTS.election, health], from: [role] },
            ]
          : undefined,
        storage: set.persistent ? storage : undefined,
        pod: serverPod(
          { ...args, ...grace, role },
          {
            configMap,
            ports: Object.entries(ports).map(([port, containerPort]) => ({ name: port, containerPort })),
            env: [
              { name: "KAFKA_POOL", value: set.pool },
              { name: "ZOOKEEPER_ID_BASE", value: String(set.firstId) },
              { name: "ZOOKEEPER_DATA_DIR", value: mountPath(0) },
              { name: "KAFKA_CLUSTER_ID", value: args.clusterId },
            ],
            volumeMounts: [{ name: templateName(0), mountPath: mountPath(0) }],
            volumes: set.persistent ? [] : [{ name: templateName(0), emptyDir: { sizeLimit: EPHEMERAL_SIZE } }],
          },
        ),
      },
      { parent: this, dependsOn: [...dependsOn, ...(volumes?.ready ?? [])] },
    ).statefulSet;
  }
}
