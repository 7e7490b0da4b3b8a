import * as pulumi from "@pulumi/pulumi";
import { Kafka as KafkaComponent } from "../cluster/kafka";
import { kafkaArgsOf } from "./arguments";

/** Images by digest. */
export interface ImagesArgs {
  /** The Kafka image, of `version`. */
  kafka: pulumi.Input<string>;
  /** The services image, whose ops program prepares and finishes changes. */
  services: pulumi.Input<string>;
  /** Kafka version of the Kafka image, such as 4.3.1. */
  version: string;
}

/** The Kubernetes cluster. */
export interface ClusterArgs {
  /** Path or content of a kubeconfig. Default: what KUBECONFIG names, or ~/.kube/config. */
  kubeconfig?: string;
  /** Context of the kubeconfig. Default: its current context. */
  context?: string;
}

/** An NFS export. */
export interface NfsExportArgs {
  /** Host name or address. */
  server: string;
  /** Exported directory. `{ordinal}` and `{volume}` become the numbers of the server and its volume. */
  path: string;
}

/** Where servers keep their data. */
export interface StorageArgs {
  /** One of storageClass, hostPath and nfs. Default: storageClass. */
  type?: string;
  /** Capacity of each volume, such as 3Gi. Default: 10Gi for brokers, 2Gi for controllers and ZooKeeper servers. */
  size?: string;
  /** Volumes per server. Default: 1. */
  volumes?: number;
  /** What happens to the volumes of servers that a lower replica count removes: retain or delete. Default: retain. */
  whenScaled?: string;
  /** What happens to the volumes when the stack is destroyed: retain or delete. Default: retain. */
  whenDeleted?: string;
  /** storageClass: name of the class. Default: the cluster's default class. */
  className?: string;
  /** storageClass: access mode of the claims. Default: ReadWriteOnce. */
  accessMode?: string;
  /** hostPath: directory on the node, with `{ordinal}` in it. */
  path?: string;
  /** hostPath: names of nodes by ordinal. Default: whichever node the server runs on. */
  nodes?: string[];
  /** nfs: one export per server. */
  servers?: NfsExportArgs[];
  /** nfs: mount options. Default: nfsvers=4.1, hard, noatime, timeo=600, retrans=2. */
  mountOptions?: string[];
}

/** Requests and limits of a container. */
export interface ResourcesArgs {
  /** What the scheduler reserves, as Kubernetes quantities by name. */
  requests?: Record<string, string>;
  /** The most that the container may use. */
  limits?: Record<string, string>;
}

/** Servers of one kind. */
export interface ServersArgs {
  /** Number of servers. Default: 3. */
  replicas?: number;
  /** JVM heap such as 512m. Default: 512m for brokers, 256m for controllers, 128m for ZooKeeper servers. */
  heap?: string;
  /** Requests and limits of a server. Default: 1.5 times the heap in memory, with a limit of 2 times the heap. */
  resources?: ResourcesArgs;
  /** Where their data is. Default: claims of the cluster's default StorageClass, which are retained. */
  storage?: StorageArgs;
  /** Seconds for a controlled shutdown. Default: 120. */
  terminationGracePeriodSeconds?: number;
  /** ZooKeeper: how many servers, from the first, have volumes. Default: all. */
  persistentServers?: number;
}

/** A declared topic. */
export interface TopicArgs {
  /** 1 to 249 of the characters A-Z a-z 0-9 . _ - */
  name: string;
  /** Partitions. More may be added later, never fewer. Default: 12. */
  partitions?: number;
  /** Replicas of each partition. Default: 3, or as many as there are brokers. */
  replicationFactor?: number;
  /** Topic settings under Kafka's own names, as text. */
  config?: Record<string, string>;
}

/** What a user may do with the resources that it names: each word of allow holds for all of them that know it. */
export interface RightArgs {
  /** A topic; * is every topic. */
  topic?: string;
  /** What names of topics begin with. */
  topicPrefix?: string;
  /** A consumer group; * is every group. */
  group?: string;
  /** What names of groups begin with. */
  groupPrefix?: string;
  /** A transactional id; * is every one. */
  transactionalId?: string;
  /** What transactional ids begin with. */
  transactionalIdPrefix?: string;
  /** Whether it is a right on the cluster: its settings, and topics in general. Default: false. */
  cluster?: boolean;
  /** produce, consume, all, or Kafka's operations: read, write, create, describe, delete, alter, describeConfigs, alterConfigs and idempotentWrite. */
  allow: string[];
}

/** How much a user may take of each broker. What is not written is not limited. */
export interface QuotaArgs {
  /** Bytes per second that it may write to a broker. */
  producerByteRate?: number;
  /** Bytes per second that it may read from a broker. */
  consumerByteRate?: number;
  /** Percent of the time of one thread that its requests may take of a broker. */
  requestPercentage?: number;
  /** Partitions per second that it may have created and deleted. */
  controllerMutationRate?: number;
}

/** Where a user's certificate goes. */
export interface UserSecretArgs {
  /** Namespace, which must exist. Default: that of the cluster. */
  namespace?: string;
  /** Name of the Secret. Default: kafka-user- and the user's name. */
  name?: string;
}

/** An application, or a person, that connects to a cluster that is closed by certificates. */
export interface UserArgs {
  /** 1 to 63 of the characters a-z 0-9 . - */
  name: string;
  /** What the user is known by: tls, a certificate of the cluster's own authority, or scram-sha-512, a password. Default: tls. */
  authentication?: string;
  /** Which password it has: a higher number is a new one, while the one before it still works. Default: 1. */
  rotate?: number;
  /** All that it may do. */
  rights: RightArgs[];
  /** How much of it. Default: as much as there is. */
  quotas?: QuotaArgs;
  /** Where its certificate or password goes. Default: a Secret of the cluster's namespace. */
  secret?: UserSecretArgs;
}

/** Access from outside the Kubernetes cluster. */
export interface ExternalArgs {
  /** Host name or address under which clients reach the nodes. */
  host: string;
  /** NodePort of broker 0. Broker n has this plus n, the bootstrap Service this minus 1. */
  nodePortBase: number;
  /** What clients outside are known by, where authentication is tls: tls, certificates, or scram-sha-512, passwords. Default: tls. */
  authentication?: string;
}

/** How to spread servers. */
export interface SpreadArgs {
  /** Whether two servers of one kind share a node when there is no other (preferred) or never (required). Default: preferred. */
  nodes?: string;
  /** Node label of the zones to spread over, which are the brokers' racks. Default: no zones. */
  zoneLabel?: string;
}

/** How much of the cluster a change may use. */
export interface OperationsArgs {
  /** Whether brokers that hold too little get their share of the partitions. Default: true. */
  rebalance?: boolean;
  /** Bytes per second that moving partitions may use of each broker. Default: 50 MiB. */
  throttle?: number;
  /** Seconds without a copied byte after which a move is given up. Default: 900. */
  stallSeconds?: number;
  /** Whether an update waits until partitions have moved to new brokers. Default: true. */
  awaitMoves?: boolean;
  /** Percent of a broker's disk that moving partitions may fill; a move that would pass it is refused. Default: 80. */
  diskLimit?: number;
  /** Whether brokers shall hold equally many bytes, and not only equally many partitions. Default: false. */
  evenBytes?: boolean;
  /** Ordinals of brokers that get no new replicas, and are drained; Kafka 4.3 and later. Default: none. */
  cordoned?: number[];
  /** Whether servers may restart while a server is missing that comes later in the order. Default: false. */
  restartBesideMissing?: boolean;
}

/* eslint-disable @typescript-eslint/no-explicit-any -- Kubernetes' own structures: Pulumi's schema for components has no other word for plain data, and the component checks all of it. */
/** The overlay of a kind's pods. Fields have Kubernetes' names, and are merged by its strategic merge. */
export interface PodArgs {
  /** Labels of the pods. Those that the stack's selectors use are refused. */
  labels?: Record<string, string>;
  /** Annotations of the pods. */
  annotations?: Record<string, string>;
  /** Tolerations. */
  tolerations?: any[];
  /** Labels that a node must have. */
  nodeSelector?: Record<string, string>;
  /** Affinity. The stack's own spreading over nodes is kept. */
  affinity?: any;
  /** Topology spread constraints. Without a labelSelector one counts the pods of the same kind. */
  topologySpreadConstraints?: any[];
  /** PriorityClass. */
  priorityClassName?: string;
  /** RuntimeClass. */
  runtimeClassName?: string;
  /** ServiceAccount of the namespace. */
  serviceAccountName?: string;
  /** Secrets with which images are pulled, as a list of name. */
  imagePullSecrets?: any[];
  /** When the images are pulled: Always, IfNotPresent or Never. */
  imagePullPolicy?: string;
  /** Further environment variables of the component's container. */
  env?: any[];
  /** Further volumes. */
  volumes?: any[];
  /** Where the component's container mounts them. */
  volumeMounts?: any[];
  /** Containers that run before; with restartPolicy Always also beside it. */
  initContainers?: any[];
  /** Containers beside the component's. */
  sidecars?: any[];
  /** Name servers, search domains and resolver options besides the cluster's. */
  dnsConfig?: any;
  /** Lines of /etc/hosts. */
  hostAliases?: any[];
  /** Security settings of the pod that the PodSecurity standard restricted leaves open. */
  securityContext?: any;
  /** Seconds for a clean stop, at least the default. */
  terminationGracePeriodSeconds?: number;
  /** Timing of the probes: startup, readiness and liveness. */
  probes?: any;
  /** Requests and limits besides CPU, memory and ephemeral storage. */
  resources?: ResourcesArgs;
}
/* eslint-enable @typescript-eslint/no-explicit-any */

/** Overlays of the pods, by kind: all first, then the kind's own over it. */
export interface PodsArgs {
  /** Pods of every kind. */
  all?: PodArgs;
  /** Brokers. */
  broker?: PodArgs;
  /** Controllers in their own pods. */
  controller?: PodArgs;
  /** ZooKeeper servers. */
  zookeeper?: PodArgs;
  /** The pods of Jobs. */
  job?: PodArgs;
}

/** Arguments of a Kafka cluster. Only the images are required. */
export interface KafkaArgs {
  /** The images to run. */
  images: ImagesArgs;
  /** Namespace of the cluster. Default: its own, with the component's name. */
  namespace?: pulumi.Input<string>;
  /** Identifies this cluster's objects in its namespace. Default: the stack's name. */
  instance?: string;
  /** Name of the namespace's Secret with which pods pull their images. Default: none. */
  pullSecret?: pulumi.Input<string>;
  /** The Kubernetes cluster. A provider in the options must be one of the same cluster. Default: the kubeconfig's current context. */
  cluster?: ClusterArgs;
  /** Release of the cluster's metadata version. Default: that of its version when it is new, and never raised. */
  metadataVersion?: string;
  /** Id of the cluster on its disks: 22 characters of base64url. Default: derived from project, stack and name. */
  clusterId?: string;
  /**
   * Broker settings under Kafka's own names, as text. Default: three replicas of everything, two of them in sync before a record is acknowledged, no
   * unclean leaders, no topics by mistake.
   */
  settings?: Record<string, string>;
  /** Topics that exist once the component does. Default: none. */
  topics?: TopicArgs[];
  /** Who may do what, where authentication is tls. Default: nobody but the cluster itself and its administrators. */
  users?: UserArgs[];
  /** The brokers. Default: three. */
  brokers?: ServersArgs;
  /** Number of brokers that are controllers too. Default: 3, or 1 with fewer than three brokers. */
  combinedControllers?: number;
  /** Controllers in their own pods. Default: none. */
  controllers?: ServersArgs;
  /** The ensemble of a cluster in ZooKeeper mode. Default: KRaft, without ZooKeeper. */
  zookeeper?: ServersArgs;
  /** Access through NodePorts. Default: none. */
  external?: ExternalArgs;
  /** How clients and servers authenticate on all listeners: none, or tls, which is for clusters of Kafka 4 that do not run yet. Default: none. */
  authentication?: string;
  /**
   * Which authority of the cluster signs certificates, where authentication is tls: a higher number is a new one, which takes the place of the one before while
   * servers run. Default: 1.
   */
  authority?: number;
  /**
   * Hours that clients have, twice: to trust the next authority before servers show its certificates, and then to use certificates of it. Default: 24.
   */
  authorityWaitHours?: number;
  /** How to spread servers. Default: over nodes where there are enough. */
  spread?: SpreadArgs;
  /** How much of the cluster a change may use. */
  operations?: OperationsArgs;
  /** Overlays of the pods: tolerations, sidecars and the like. An overlay that would break a server is refused. Default: none. */
  pods?: PodsArgs;
  /** hostPath storage: a namespace that allows hostPath volumes and root, in which directories are created on nodes. */
  directoriesNamespace?: pulumi.Input<string>;
}

/** A whole operated Kafka cluster: servers, configuration, volumes and topics, changed in an order that loses nothing. */
export class Kafka extends pulumi.ComponentResource {
  /** Bootstrap address for clients in the cluster. */
  public readonly bootstrap: pulumi.Output<string>;

  constructor(name: string, args: KafkaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:index:Kafka", name, {}, opts);
    const kafka = new KafkaComponent(name, kafkaArgsOf(args), { parent: this });
    // Only once everything is complete: users of the address depend on the topics, too.
    this.bootstrap = pulumi.all([kafka.bootstrap, kafka.done.urn]).apply(([bootstrap]) => bootstrap);
    this.registerOutputs({ bootstrap: this.bootstrap });
  }
}
