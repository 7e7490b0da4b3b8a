import { add, all, container, type Mutation, pod, remove, replace, set, unset } from "./mutations";

/** A stack with one fault. */
export interface BadVariant {
  readonly title: string;
  /** The policy that should find it. */
  readonly policy: string;
  /** Further policies that find it, because it breaks them too. @default none */
  readonly also?: readonly string[];
  /** The good stack that it is derived from. */
  readonly stack: string;
  readonly mutate: Mutation;
}

const brokers = "StatefulSet broker";
const controllers = "StatefulSet controller";
const kproducer = "Deployment kproducer";
const kconsumer = "Deployment kconsumer";
const settings = "ConfigMap kafka-config";
const properties = ["data", "server.properties"];
const topics = ["data", "cluster.json"];
const context = [...container, "securityContext"];
const digest = `sha256:${"ab".repeat(32)}`;

/** Every bad variant, in the order of the policies' modules. */
export const badVariants: readonly BadVariant[] = [
  // resources
  bad(
    "a broker without a CPU request",
    "container-requests-set",
    unset(brokers, [...container, "resources", "requests", "cpu"]),
  ),
  bad(
    "a Job without a memory request",
    "container-requests-set",
    unset("Job finish", [...container, "resources", "requests", "memory"]),
  ),
  bad(
    "a chat service without a memory limit",
    "container-memory-limit-set",
    unset(kproducer, [...container, "resources", "limits", "memory"]),
  ),
  bad(
    "a limit in the wrong unit",
    "container-limits-within-maximum",
    set(brokers, [...container, "resources", "limits", "memory"], "2Ti"),
  ),
  bad(
    "a heap that fills the container",
    "jvm-heap-within-memory-limit",
    set(brokers, [...container, "env"], [{ name: "KAFKA_HEAP_OPTS", value: "-Xms1900m -Xmx1900m" }]),
  ),
  bad(
    "a service that may fill its node's disk",
    "container-ephemeral-storage-limit-set",
    unset(kconsumer, [...container, "resources", "limits", "ephemeral-storage"]),
  ),
  bad("a Job that may hang", "job-deadline-set", unset("Job finish", ["spec", "activeDeadlineSeconds"])),
  bad("a Job that is deleted", "job-deadline-set", set("Job prepare", ["spec", "ttlSecondsAfterFinished"], 3600)),
  // images
  bad(
    "an image by its tag",
    "image-digest-pinned",
    set(brokers, [...container, "image"], "registry.example.com/kafka-stack/kafka:4.3.1"),
  ),
  bad(
    "an image from elsewhere",
    "image-registry-allowed",
    set(kproducer, [...container, "image"], `docker.io/someone/kproducer@${digest}`),
  ),
  bad(
    "an image called latest",
    "image-tag-not-latest",
    set(kconsumer, [...container, "image"], `registry.example.com/kafka-stack/services:latest@${digest}`),
  ),
  // security
  bad("brokers on the node's network", "pod-host-namespaces-forbidden", set(brokers, [...pod, "hostNetwork"], true)),
  bad(
    "brokers on ports of the node",
    "pod-host-namespaces-forbidden",
    set(brokers, [...container, "ports", 0, "hostPort"], 9092),
  ),
  bad(
    "a probe that calls another host",
    "pod-probe-host-forbidden",
    set(kproducer, [...container, "readinessProbe"], { httpGet: { host: "192.0.2.1", port: 80 } }),
  ),
  bad(
    "the node's files in a pod",
    "pod-host-path-forbidden",
    set(kconsumer, [...pod, "volumes"], [{ name: "node", hostPath: { path: "/" } }]),
  ),
  bad(
    "NFS mounted by a pod itself",
    "pod-volume-types-restricted",
    set(kconsumer, [...pod, "volumes"], [{ name: "share", nfs: { server: "nfs", path: "/" } }]),
  ),
  bad("a privileged container", "pod-privileged-forbidden", set(brokers, [...context, "privileged"], true)),
  bad(
    "an unsafe sysctl",
    "pod-privileged-forbidden",
    set(brokers, [...pod, "securityContext", "sysctls"], [{ name: "kernel.msgmax", value: "1" }]),
  ),
  bad("capabilities that are kept", "container-capabilities-dropped", unset(controllers, [...context, "capabilities"])),
  bad(
    "a capability that is added",
    "container-capabilities-dropped",
    set(brokers, [...context, "capabilities", "add"], ["NET_ADMIN"]),
  ),
  bad(
    "a container that may gain privileges",
    "container-privilege-escalation-forbidden",
    set(kproducer, [...context, "allowPrivilegeEscalation"], true),
  ),
  bad("brokers as root", "pod-runs-as-non-root", set(brokers, [...pod, "securityContext", "runAsUser"], 0)),
  bad(
    "a user left to the image",
    "pod-runs-as-non-root",
    unset(kconsumer, [...pod, "securityContext", "runAsNonRoot"]),
  ),
  bad(
    "no seccomp profile",
    "pod-seccomp-profile-set",
    unset(controllers, [...pod, "securityContext", "seccompProfile"]),
  ),
  bad(
    "a root file system that can be written",
    "container-root-file-system-read-only",
    set(kproducer, [...context, "readOnlyRootFilesystem"], false),
  ),
  bad(
    "a token for the API server in a broker",
    "pod-service-account-token-not-mounted",
    unset(brokers, [...pod, "automountServiceAccountToken"]),
  ),
  bad("a namespace without NetworkPolicies", "namespace-has-network-policy", remove(/^NetworkPolicy /)),
  bad(
    "a token in the environment",
    "container-environment-has-no-secret",
    set(kproducer, [...container, "env"], [{ name: "KCHAT_TOKEN", value: "s3cr3t" }]),
  ),
  bad("a keystore's password among the settings", "config-map-has-no-secret", append("ssl.keystore.password=changeit")),
  // availability
  bad("two brokers", "kafka-brokers-minimum", set(brokers, ["spec", "replicas"], 2)),
  bad("four controllers", "quorum-size-odd", set(controllers, ["spec", "replicas"], 4)),
  bad("brokers without a disruption budget", "workload-has-disruption-budget", remove(/^PodDisruptionBudget broker$/)),
  bad(
    "a budget that never lets a broker go",
    "disruption-budget-allows-progress",
    set("PodDisruptionBudget broker", ["spec", "maxUnavailable"], 0),
  ),
  bad(
    "a budget of all pods",
    "disruption-budget-allows-progress",
    set("PodDisruptionBudget kproducer", ["spec"], {
      minAvailable: "100%",
      selector: { matchLabels: { "app.kubernetes.io/component": "kproducer" } },
    }),
  ),
  bad(
    "brokers that may share a node",
    "replicas-spread",
    all(unset(brokers, [...pod, "affinity"]), unset(brokers, [...pod, "topologySpreadConstraints"])),
  ),
  bad(
    "a service without a readiness probe",
    "container-probes-set",
    unset(kproducer, [...container, "readinessProbe"]),
  ),
  bad("brokers that are killed", "grace-period-minimum", set(brokers, [...pod, "terminationGracePeriodSeconds"], 5)),
  // Kafka
  bad(
    "offsets on two brokers",
    "kafka-replication-factor-minimum",
    replace(settings, properties, "offsets.topic.replication.factor=3", "offsets.topic.replication.factor=2"),
  ),
  bad(
    "a topic on two brokers",
    "kafka-replication-factor-minimum",
    topicWith({ replicationFactor: 2, config: { "min.insync.replicas": "1" } }),
  ),
  bad("a topic on one broker", "kafka-topic-replicated", topicWith({ replicationFactor: 1 })),
  bad(
    "writes that need every replica",
    "kafka-min-insync-replicas",
    replace(settings, properties, "min.insync.replicas=2", "min.insync.replicas=3"),
  ),
  bad(
    "a topic whose writes need one replica",
    "kafka-min-insync-replicas",
    topicWith({ replicationFactor: 3, config: { "min.insync.replicas": "1" } }),
  ),
  bad(
    "unclean elections",
    "kafka-unclean-election-off",
    replace(settings, properties, "unclean.leader.election.enable=false", "unclean.leader.election.enable=true"),
  ),
  bad(
    "topics that create themselves",
    "kafka-auto-create-off",
    replace(settings, properties, "auto.create.topics.enable=false", "auto.create.topics.enable=true"),
  ),
  bad("roles by hand", "kafka-quorum-not-hand-set", append("process.roles=broker,controller")),
  bad(
    "voters of another cluster",
    "kafka-quorum-not-hand-set",
    append("controller.quorum.voters=1@kafka-0.other:9093"),
  ),
  // storage
  bad(
    "claims that are deleted with their brokers",
    "data-volume-retained",
    set(brokers, ["spec", "persistentVolumeClaimRetentionPolicy", "whenScaled"], "Delete"),
  ),
  bad(
    "claims that are deleted once their brokers have left",
    "data-volume-retained",
    set("PersistentVolumeClaim data-0-broker-0", ["metadata", "annotations", "kafka-stack/when-scaled"], "delete"),
  ),
  bad(
    "volumes that are deleted with their claims",
    "data-volume-retained",
    set("PersistentVolume kafka-data-0-broker-0", ["spec", "persistentVolumeReclaimPolicy"], "Delete"),
    "nfs",
  ),
  bad(
    "a small claim",
    "data-volume-size-minimum",
    set("PersistentVolumeClaim data-0-broker-0", ["spec", "resources", "requests", "storage"], "1Gi"),
  ),
  bad(
    "data in a directory of a node",
    "data-volume-not-host-path",
    add("kubernetes:core/v1:PersistentVolume", "directory", {
      metadata: { name: "directory" },
      spec: { capacity: { storage: "100Gi" }, hostPath: { path: "/data" } },
    }),
  ),
  bad(
    "brokers that forget",
    "data-not-in-empty-dir",
    all(
      set(brokers, [...pod, "volumes", 0], { name: "scratch", emptyDir: {} }),
      set(brokers, [...container, "volumeMounts", 0], { name: "scratch", mountPath: "/var/lib/kafka/data-0" }),
    ),
  ),
  bad(
    "a volume that moves to another server",
    "data-volume-not-replaced",
    set("PersistentVolume kafka-data-0-broker-1", ["spec", "nfs", "server"], "nfs-9.example.internal"),
    "nfs",
  ),
  bad(
    "claim templates that change",
    "data-volume-not-replaced",
    set(brokers, ["spec", "volumeClaimTemplates", 0, "spec", "accessModes"], ["ReadWriteMany"]),
  ),
  // exposure
  bad(
    "brokers that are open to all addresses",
    "server-ingress-from-known",
    set("NetworkPolicy broker", ["spec", "ingress"], [{ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }]),
  ),
  bad("a chat service on a NodePort", "service-type-allowed", set("Service kproducer", ["spec", "type"], "NodePort")),
  bad(
    "a registry that lets everyone push",
    "registry-requires-auth",
    add("kubernetes:helm.sh/v4:Chart", "registry", {
      name: "registry",
      namespace: "kafka-registry",
      chart: "docker-registry",
      values: { service: { type: "NodePort" } },
    }),
  ),
  // access
  {
    ...bad(
      "open brokers behind a load balancer",
      "kafka-exposed-listener-authenticated",
      set("Service kafka-bootstrap", ["spec", "type"], "LoadBalancer"),
    ),
    also: ["service-type-allowed"],
  },
  bad(
    "a broker that has the authority's key",
    "authority-key-only-for-issuer",
    set(brokers, [...pod, "volumes", 0], { name: "ca", secret: { secretName: "kafka-ca" } }),
  ),
  bad(
    "a chat program that has the key for orders to controllers",
    "orders-key-only-for-controllers",
    set(kproducer, [...pod, "volumes"], [{ name: "orders", secret: { secretName: "kafka-orders" } }]),
  ),
  bad(
    "a user that may write every topic",
    "kafka-user-rights-narrow",
    set(
      "ConfigMap desired-state",
      topics,
      JSON.stringify({
        users: [
          { name: "orders", acls: [{ resource: "topic", pattern: "literal", name: "*", operations: ["write"] }] },
        ],
      }),
    ),
  ),
];

function bad(title: string, policy: string, mutate: Mutation, stack = "production"): BadVariant {
  return { title, policy, mutate, stack };
}

/** Appends a line to `server.properties`. */
function append(line: string): Mutation {
  return replace(settings, properties, "\n", `\n${line}\n`);
}

/** Changes the declaration of topics. */
function topicWith(topic: Record<string, unknown>): Mutation {
  return set(
    "ConfigMap desired-state",
    topics,
    JSON.stringify({ topics: [{ name: "chatroom", partitions: 12, ...topic }] }),
  );
}
