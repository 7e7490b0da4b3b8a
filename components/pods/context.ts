import type { PodContext } from "./refusals";
import { refusePods } from "./refusals";
import type { PodOverlays } from "../kubernetes/pod-overlays";

/** What of a cluster says which overlays may be. */
export interface ClusterPods {
  /** Whether the cluster keeps its metadata in a ZooKeeper ensemble. */
  readonly zookeeper: boolean;
  /** Whether controllers have pods of their own. */
  readonly dedicated: boolean;
  /** Whether brokers are told the zone of their node. */
  readonly zones: boolean;
  /** Seconds that a broker has to stop. */
  readonly brokerGrace: number;
  /** Seconds that a dedicated controller has to stop. @default as a broker */
  readonly controllerGrace?: number | undefined;
}

/** What says which overlays may be. @param resources where the resources of each kind are said */
export function podContext(cluster: ClusterPods, resources: PodContext["resources"]): PodContext {
  const controllers = cluster.zookeeper
    ? "with ZooKeeper there are no controllers in pods of their own"
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

/** The arguments of the components that say the resources of each kind. */
const RESOURCES: PodContext["resources"] = {
  broker: "brokers.resources",
  controller: "controllers.resources",
  zookeeper: "zookeeper.resources",
  kproducer: "producer.resources",
  kconsumer: "consumer.resources",
  job: "operations.resources",
};

/** Refuses overlays that a cluster may not have. @throws an error that says all that is wrong */
export const refusePodsOf = (cluster: ClusterPods, pods: PodOverlays | undefined): void => {
  refusePods(pods, podContext(cluster, RESOURCES));
};

/** Refuses overlays that a chat may not have. @throws an error that says all that is wrong */
export const refusePodsOfChat = (pods: PodOverlays | undefined): void => {
  refusePods(pods, { resources: RESOURCES });
};
