import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import {
  Chat,
  chatAddresses,
  clusterId,
  Ensemble,
  FinishChange,
  htpasswd,
  Image,
  joinsByItself,
  kafkaImageSource,
  KafkaCluster,
  KeptChoices,
  nodeIds,
  OpsTemplate,
  PrepareChange,
  PullSecret,
  Registry,
  SecuredNamespace,
  servicesImageSource,
  ToolJob,
} from "./components";
import { loadConfig } from "./config";
import { choicesOf, MOVING_DATA, refusals } from "./config/choices";
import { serverPools } from "./config/pools";

const config = loadConfig(new pulumi.Config());
const { cluster, controllers, images, kafka, kchat, operations, registry, secrets, storage } = config;
const instance = pulumi.getStack();
const id = cluster.id ?? clusterId(pulumi.getProject(), instance, cluster.namespace);

// 1. The cluster. A stack's objects must not exist yet, but for claims that outlived an earlier life of the stack: a provider of their own adopts those.
const target: k8s.ProviderArgs = {
  ...(cluster.kubeconfig !== undefined && { kubeconfig: cluster.kubeconfig }),
  ...(cluster.context !== undefined && { context: cluster.context }),
  enableServerSideApply: true,
  // What this stack made is its own: a field that somebody else has set is taken back. Fields that are given away, to an autoscaler, are ignored changes.
  enablePatchForce: true,
  // A changed ConfigMap or Secret is updated: as a replacement it would be gone for a moment, and pods that start then would wait.
  enableConfigMapMutable: true,
  enableSecretMutable: true,
  deleteUnreachable: false,
};
const kubernetes = new k8s.Provider("kubernetes", target);
const adopting = new k8s.Provider("kubernetes-adopting", { ...target, upsertExistingObjects: true });
const onCluster = { providers: [kubernetes] };
const volumesNamespace = new SecuredNamespace(
  "volumes",
  { name: `${cluster.namespace}-volumes`, instance, podSecurity: "privileged" },
  onCluster,
).namespace;
// What cannot change once there is data is held to, before anything else of Kafka is touched: the namespace too, for another backend may replace it.
const { checked } = new KeptChoices(
  "choices",
  {
    namespace: volumesNamespace,
    instance,
    choices: choicesOf(config, id),
    refusals,
    help: `${MOVING_DATA} says what to do`,
  },
  onCluster,
);
const claims = serverPools(config).filter(({ storage: { type } }) => type === "storageClass");
const { namespace } = new SecuredNamespace(
  "kafka",
  {
    name: cluster.namespace,
    instance,
    retain: claims.some(({ storage: { whenDeleted } }) => whenDeleted === "retain"),
  },
  // Not by whether they are kept now: Pulumi replaces what another provider manages.
  { providers: [claims.length > 0 ? adopting : kubernetes], dependsOn: checked },
);

// 2. The registry, and the images in it.
const credentials =
  registry.username !== undefined && secrets.registryPassword !== undefined
    ? { username: registry.username, password: secrets.registryPassword }
    : undefined;
const pullSecret = (name: string, inside: pulumi.Input<string>) =>
  credentials && registry.pullWithPassword
    ? new PullSecret(
        name,
        { namespace: inside, instance, pullAddress: registry.pullAddress, ...credentials },
        onCluster,
      ).secretName
    : undefined;
const scope = { namespace, instance, pullSecret: pullSecret("registry-pull", namespace) };
const registryReady = registry.external
  ? []
  : [
      new Registry(
        "registry",
        {
          ...registry,
          instance,
          namespace: new SecuredNamespace("registry", { name: `${cluster.namespace}-registry`, instance }, onCluster)
            .namespace,
          haSharedSecret:
            secrets.registryHaSharedSecret ??
            pulumi.secret(createHash("sha256").update(`registry ${id}`).digest("hex")),
          htpasswd: credentials?.password.apply((password) => htpasswd(credentials.username, password, id)),
        },
        onCluster,
      ),
    ];
const address = { ...registry, ...credentials };
const kafkaImage = new Image(
  "kafka-image",
  {
    repository: "kafka",
    registry: address,
    platform: images.platform,
    ...kafkaImageSource({ ...images.baseImages, version: kafka.version, mavenMirror: images.mavenMirror }),
  },
  { dependsOn: registryReady },
);
const servicesImage = new Image(
  "services-image",
  {
    repository: "services",
    registry: address,
    platform: images.platform,
    ...servicesImageSource(images.baseImages),
  },
  { dependsOn: registryReady },
);

// 3. Kafka, between the two Jobs that make a change of it safe and complete.
const servers = {
  ...scope,
  image: kafkaImage.reference,
  spread: {
    nodes: config.scheduling.spread,
    zoneLabel: config.scheduling.zones ? config.scheduling.zoneLabel : undefined,
  },
  directories: {
    namespace: volumesNamespace,
    image: kafkaImage.reference,
    pullSecret: pullSecret("registry-pull-volumes", volumesNamespace),
  },
  adopting,
  cluster,
};
const ensemble =
  config.mode === "zookeeper"
    ? new Ensemble("zookeeper", { ...servers, ...config.zookeeper }, { ...onCluster, dependsOn: checked })
    : undefined;
// The headless Service: it goes after the brokers, so the Jobs reach them also when an earlier run ended half-way.
const bootstrap = pulumi.interpolate`broker.${namespace}.svc:9092`;
const controllerCount = controllers.replicas;
const operation = {
  ...scope,
  image: servicesImage.reference,
  bootstrap,
  topics: config.topics,
  brokers: nodeIds("broker", config.replicas),
  controllers: joinsByItself(kafka.version)
    ? nodeIds(controllers.dedicated ? "controller" : "broker", controllerCount)
    : undefined,
  throttle: operations.rebalance.throttle,
  deadlineSeconds: operations.jobDeadlineSeconds,
  jobResources: operations.resources,
  cluster,
};
const prepared = new PrepareChange("prepare", operation, onCluster);
const tool = { ...scope, image: kafkaImage.reference, jobResources: operations.resources };
const readable =
  config.mode === "kraft"
    ? [
        new ToolJob(
          "metadata-check",
          { ...tool, command: ["metadata-version.sh", "check", bootstrap, kafka.version] },
          onCluster,
        ).job,
      ]
    : [];
const brokers = new KafkaCluster(
  "broker",
  {
    ...servers,
    version: kafka.version,
    metadataVersion: kafka.metadataVersion,
    clusterId: id,
    settings: kafka.config,
    brokers: { ...kafka, replicas: config.replicas, storage },
    controllers: controllers.dedicated
      ? { ...controllers, terminationGracePeriodSeconds: kafka.terminationGracePeriodSeconds }
      : controllerCount,
    zookeeperConnect: ensemble?.connect,
    external: kafka.external.enabled ? kafka.external : undefined,
  },
  { ...onCluster, dependsOn: [prepared.done, ...readable, ...(ensemble?.ready ?? [])] },
);
const finished = new FinishChange(
  "finish",
  {
    ...operation,
    dynamicSettings: brokers.dynamicSettings,
    rebalance: operations.rebalance.enabled,
    restarts: brokers.restarts,
  },
  { ...onCluster, dependsOn: brokers.servers },
);
if (kafka.metadataVersion !== undefined) {
  new ToolJob(
    "metadata-version",
    { ...tool, command: ["metadata-version.sh", "raise", bootstrap, kafka.metadataVersion] },
    { ...onCluster, dependsOn: finished.done },
  );
}
new OpsTemplate("ops", operation, onCluster);

// 4. The chat on it.
if (kchat.enabled) {
  new Chat(
    "kchat",
    { ...scope, ...kchat, image: servicesImage.reference, bootstrap: brokers.bootstrap, token: secrets.kchatToken },
    { ...onCluster, dependsOn: finished.done },
  );
}

const chat = kchat.enabled ? chatAddresses(kchat, "localhost") : undefined;

// An output that does not apply is left out: Pulumi warns of one that is undefined.
export = {
  bootstrapAddress: brokers.bootstrap,
  ...(kafka.external.enabled && {
    externalBootstrapAddress: `${kafka.external.host}:${kafka.external.nodePortBase - 1}`,
  }),
  registryAddress: registry.pushAddress,
  imageReferences: { kafka: kafkaImage.reference, services: servicesImage.reference },
  ...(chat && { chat }),
};
