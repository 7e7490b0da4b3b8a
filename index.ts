import * as pulumi from "@pulumi/pulumi";
import { Chat, chatAddresses, clusterId, Kafka, Monitoring } from "./components";
import { loadConfig } from "./program/load-config";
import { providersOf } from "./program/cluster-access";
import { ground, recordImmutableSettings } from "./program/ground";
import { images } from "./program/images";
import { kafkaArgs } from "./program/kafka";
import { monitoringArgs } from "./program/monitoring";

const config = loadConfig(new pulumi.Config());
const { cluster, kafka, kchat, listeners, pods, registry, secrets } = config;
const instance = pulumi.getStack();
const id = cluster.id ?? clusterId(pulumi.getProject(), instance, cluster.namespace);

// 1. The cluster, and the stack's immutable settings.
const providers = providersOf(config);
const onCluster = { providers: [providers.kubernetes] };
const place = ground(config, id, providers);

// 2. The registry, and the images in it.
const built = images(config, id, place, providers);
const scope = { namespace: place.namespace, instance, pullSecret: built.pullSecret, pods };

// 3. Kafka.
const events = new Kafka("kafka", { ...scope, ...kafkaArgs(config, id, place, built, providers) }, onCluster);
recordImmutableSettings(config, id, place, providers, events.done);

// 4. The chat.
if (kchat.enabled) {
  new Chat(
    "kchat",
    {
      ...scope,
      ...kchat,
      image: built.services,
      bootstrap: events.bootstrap,
      authentication: listeners.internal.authentication,
      token: secrets.kchatToken,
    },
    { ...onCluster, dependsOn: events.done },
  );
}

// 5. Monitoring.
const monitoring = monitoringArgs(config, {
  image: built.services,
  bootstrap: events.bootstrap,
  authentication: listeners.internal.authentication,
});
if (monitoring) {
  // Last: a cluster without the Prometheus operator refuses its objects, which must stop nothing else.
  new Monitoring("monitoring", { ...scope, ...monitoring }, { ...onCluster, dependsOn: events.done });
}

// Outputs that do not apply are left out, because Pulumi warns of undefined ones.
export = {
  bootstrapAddress: events.bootstrap,
  ...(kafka.external.enabled && {
    externalBootstrapAddress: `${kafka.external.host}:${kafka.external.nodePortBase - 1}`,
  }),
  registryAddress: registry.pushAddress,
  imageReferences: { kafka: built.kafka, services: built.services },
  ...(config.monitoring.page && { clusterPage: "npm run ops -- page" }),
  ...(kchat.enabled && { chat: chatAddresses(kchat, "localhost") }),
};
