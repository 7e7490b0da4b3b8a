import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { tlsFiles } from "../certificates/tls-files";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import type { Allowed, Peer } from "../kubernetes/allow-ingress";
import type { Scope } from "../kubernetes/scope";
import { KAFKA_UID } from "../kubernetes/security";
import type { MountedFiles } from "../pods/mounted-files";
import type { RestartSettings } from "../servers/restart-reasons";
import { orderKeyFiles } from "../servers/order-key";
import { serverPod, type Spread } from "../servers/server-pod";
import { ServerPool } from "../servers/server-pool";
import { mountPath, templateName, type PoolStorage } from "../storage/plan";
import { PoolVolumes, type DirectoryTools } from "../storage/pool-volumes";
import type { ExternalSpec } from "./external-access";
import { firstNodeId, type Pool } from "./node-ids";
import type { RackReader } from "./rack-reader";
import { type Authentication, PORTS } from "./settings";

/** Size, storage and resources of a pool of Kafka servers. */
export interface PoolSpec {
  /** Number of servers. */
  readonly replicas: number;
  /** JVM heap such as `512m`. */
  readonly heap: string;
  /** Requests and limits of a server. */
  readonly resources: k8s.types.input.core.v1.ResourceRequirements;
  /** Where their data is. */
  readonly storage: PoolStorage;
  /** Seconds for a controlled shutdown. */
  readonly terminationGracePeriodSeconds: number;
}

export interface KafkaPoolArgs extends Scope, PoolSpec {
  readonly pool: Pool;
  readonly mode: "kraft" | "zookeeper";
  readonly image: pulumi.Input<string>;
  readonly clusterId: string;
  /** Whether the first servers of the pool are controllers too. */
  readonly combined: boolean;
  /** Host and first NodePort for clients outside the cluster. @default none */
  readonly external?: ExternalSpec | undefined;
  /** Who may connect to the brokers besides the pods of their namespace. @default nobody */
  readonly clients?: readonly Peer[] | undefined;
  /** How clients and servers authenticate. @default none */
  readonly authentication?: Authentication | undefined;
  /** Whether brokers have a listener for passwords. @default false */
  readonly passwords?: boolean | undefined;
  /** Tells brokers the rack of their node. @default no racks */
  readonly rack?: RackReader | undefined;
  readonly configMap: pulumi.Input<string>;
  readonly restartHash: string;
  readonly restartSettings: RestartSettings;
  readonly spread: Spread;
  /** Needed for hostPath storage. */
  readonly directories?: DirectoryTools | undefined;
  readonly adopting?: k8s.Provider | undefined;
  readonly cluster?: ClusterAccess | undefined;
  /** Called before the StatefulSet is changed. @default none */
  readonly beforeUpdate?: pulumi.ResourceHook | undefined;
}

/** A pool of Kafka servers, brokers or dedicated controllers, with their volumes. */
export class KafkaPool extends pulumi.ComponentResource {
  /** Exists once all servers are ready. */
  readonly statefulSet: k8s.apps.v1.StatefulSet;
  /** Changes with everything that restarts the servers. */
  readonly restarts: pulumi.Output<string>;

  constructor(name: string, args: KafkaPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:kafka:KafkaPool", name, {}, opts);
    const { pool, storage } = args;
    const volumes = new PoolVolumes(`${name}-volumes`, { ...args, role: pool, uid: KAFKA_UID }, { parent: this });
    const servers = new ServerPool(
      name,
      {
        ...args,
        role: pool,
        ports: portsOf(args),
        access: accessTo(args),
        storage,
        pod: kafkaPod(args),
      },
      { parent: this, dependsOn: volumes.ready },
    );
    this.statefulSet = servers.statefulSet;
    this.restarts = servers.restarts;
    this.registerOutputs({});
  }
}

/** The pod of a server. */
export function kafkaPod(args: KafkaPoolArgs): k8s.types.input.core.v1.PodSpec {
  const paths = Array.from({ length: args.storage.volumes }, (_, volume) => mountPath(volume));
  const files: MountedFiles[] = [
    ...(args.authentication === "tls" ? [tlsFiles(args.pool)] : []),
    ...(controls(args) ? [orderKeyFiles] : []),
  ];
  const volumes = [...(args.rack?.volumes ?? []), ...files.map(({ volume }) => volume)];
  return serverPod(
    { ...args, role: args.pool },
    {
      configMap: args.configMap,
      ports: Object.entries(portsOf(args)).map(([port, containerPort]) => ({ name: port, containerPort })),
      env: [...environment(args, paths), ...files.flatMap(({ env }) => env ?? [])],
      volumeMounts: [
        ...paths.map((path, volume) => ({ name: templateName(volume), mountPath: path })),
        ...(args.rack ? [args.rack.volumeMount] : []),
        ...files.map(({ mount }) => mount),
      ],
      ...(volumes.length > 0 && { volumes }),
      ...(args.rack && {
        initContainers: [args.rack.initContainer],
        serviceAccountName: args.rack.serviceAccountName,
      }),
    },
  );
}

/** Whether servers of the pool are controllers. */
const controls = ({ pool, combined }: Pick<KafkaPoolArgs, "pool" | "combined">): boolean =>
  pool === "controller" || combined;

function environment(args: KafkaPoolArgs, paths: readonly string[]): k8s.types.input.core.v1.EnvVar[] {
  const { external } = args;
  return [
    { name: "KAFKA_POOL", value: args.pool },
    { name: "KAFKA_MODE", value: args.mode },
    { name: "KAFKA_CLUSTER_ID", value: args.clusterId },
    { name: "KAFKA_NODE_ID_BASE", value: String(firstNodeId(args.pool)) },
    { name: "KAFKA_DATA_DIRS", value: paths.join(",") },
    ...(args.rack ? [{ name: "KAFKA_RACK_FILE", value: args.rack.file }] : []),
    ...(args.combined ? [{ name: "KAFKA_COMBINED", value: "yes" }] : []),
    ...(external
      ? [
          { name: "KAFKA_EXTERNAL_HOST", value: external.host },
          { name: "KAFKA_EXTERNAL_PORT_BASE", value: String(external.nodePortBase) },
        ]
      : []),
  ];
}

function portsOf({ pool, combined, external, passwords = false }: KafkaPoolArgs): Record<string, number> {
  return {
    ...(pool === "broker" && { client: PORTS.client, internal: PORTS.internal }),
    ...(controls({ pool, combined }) && { controller: PORTS.controller }),
    ...(pool === "broker" && external && { external: PORTS.external }),
    ...(pool === "broker" && passwords && { scram: PORTS.scram }),
  };
}

function accessTo({ pool, combined, external, clients, authentication, passwords = false }: KafkaPoolArgs): Allowed[] {
  const servers = ["broker", "controller"] as const;
  const own = pool === "broker" ? [PORTS.controller, PORTS.internal, PORTS.health] : [PORTS.controller, PORTS.health];
  const forClients = [PORTS.client, ...(passwords ? [PORTS.scram] : [])];
  return [
    { ports: own, from: servers },
    // The Job that removes a controller's vote tells it to retire through this port.
    // And the Jobs of the certificates ask every server what its TLS uses.
    ...(controls({ pool, combined }) || authentication === "tls"
      ? [{ ports: [PORTS.health], from: ["ops"] as const }]
      : []),
    ...(pool === "broker" ? [{ ports: forClients, from: "namespace" as const, also: clients }] : []),
    ...(external ? [{ ports: [PORTS.external], from: "anyone" as const }] : []),
  ];
}
