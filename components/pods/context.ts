import type { PodContext } from "./refusals";
import { refusePods } from "./refusals";
import type { PodOverlays } from "../kubernetes/pod-overlays";

/** The properties of a cluster that determine which overlays are allowed. */
export interface ClusterPods {
  /** Whether the cluster keeps its metadata in a ZooKeeper ensemble. */
  readonly zookeeper: boolean;
  /** Whether controllers have their own pods. */
  readonly dedicated: boolean;
  /** Whether brokers learn the zone of their node. */
  readonly zones: boolean;
  /** Seconds for a broker to stop. */
  readonly brokerGrace: number;
  /** Seconds for a dedicated controller to stop. @default as for a broker */
  readonly controllerGrace?: number | undefined;
}

/** The context of overlays. @param resources the keys with the resources of each kind */
export function podContext(cluster: ClusterPods, resources: PodContext["resources"]): PodContext {
  const controllers = cluster.zookeeper
    ? "with ZooKeeper there are no dedicated controllers"
    : "the controllers are in the brokers' pods";
  return {
    without: {
      ...(!cluster.dedicated && { controller: controllers }),
      ...(!cluster.zookeeper && { zookeeper: "there is no ZooKeeper in mode kraft" }),
    },
    zones: cluster.zones,
    graceSeconds: { broker: cluster.brokerGrace, controller: cluster.controllerGrace ?? cluster.brokerGrace },
    resources,
  };
}

/** The component's arguments with the resources of each kind. */
const RESOURCES: PodContext["resources"] = {
  broker: "brokers.resources",
  controller: "controllers.resources",
  zookeeper: "zookeeper.resources",
  kproducer: "producer.resources",
  kconsumer: "consumer.resources",
  job: "operations.resources",
};

/** Refuses overlays that a cluster must not have. @throws an error with everything that is wrong */
export const refusePodsOf = (cluster: ClusterPods, pods: PodOverlays | undefined): void => {
  refusePods(pods, podContext(cluster, RESOURCES));
};

/** Refuses overlays that a chat must not have. @throws an error with everything that is wrong */
export const refusePodsOfChat = (pods: PodOverlays | undefined): void => {
  refusePods(pods, { resources: RESOURCES });
};
