import type { KafkaArgs } from "../components";
import type { StackConfig } from "../config";
import type { Providers } from "./cluster-access";
import type { Ground } from "./ground";
import type { Images } from "./images";

/** The arguments of the component, from the config. */
export function kafkaArgs(
  config: StackConfig,
  clusterId: string,
  { agreed, volumesNamespace }: Ground,
  { kafka: image, services, volumesPullSecret }: Images,
  { adopting }: Providers,
): Omit<KafkaArgs, "namespace" | "instance"> {
  const { cluster, controllers, kafka, kchat, listeners, monitoring, operations, scheduling } = config;
  return {
    images: { kafka: image, services, version: kafka.version },
    // The names that stacks have had since the first version.
    prefix: "",
    metadataVersion: kafka.metadataVersion,
    clusterId,
    settings: kafka.config,
    topics: config.topics,
    users: config.users,
    brokers: { ...kafka, replicas: config.replicas, storage: config.storage },
    controllers: controllers.dedicated
      ? { ...controllers, terminationGracePeriodSeconds: kafka.terminationGracePeriodSeconds }
      : controllers.replicas,
    zookeeper: config.mode === "zookeeper" ? config.zookeeper : undefined,
    external: kafka.external.enabled ? kafka.external : undefined,
    clients: listeners.internal.clients,
    authentication: listeners.internal.authentication,
    authority: listeners.internal.authority,
    authorityWaitHours: listeners.internal.authorityWaitHours,
    rooms: kchat.enabled ? kchat.rooms : [],
    page: monitoring.page,
    spread: { nodes: scheduling.spread, zoneLabel: scheduling.zones ? scheduling.zoneLabel : undefined },
    operations: {
      rebalance: operations.rebalance.enabled,
      throttle: operations.rebalance.throttle,
      stallSeconds: operations.rebalance.stallSeconds,
      awaitMoves: operations.rebalance.wait,
      diskLimit: operations.rebalance.diskLimit,
      evenBytes: operations.rebalance.evenBytes,
      cordoned: operations.cordoned,
      resources: operations.resources,
      restartBesideMissing: operations.restartBesideMissing,
    },
    directories: { namespace: volumesNamespace, image, pullSecret: volumesPullSecret },
    adopting,
    cluster,
    after: [agreed],
  };
}
