import { describeClusterV2, type RegisteredBroker } from "../kafka/protocol/describe-cluster.js";
import type { Cluster } from "./cluster.js";

/** Brokers that the controllers know, whether they are up or not; undefined where Kafka lists only those that are up: with ZooKeeper, and before 4.0. */
export const readRegistered = async (cluster: Cluster): Promise<readonly RegisteredBroker[] | undefined> =>
  (await cluster.knows(describeClusterV2.key, 2))
    ? cluster.request("listing brokers", "any", describeClusterV2)
    : undefined;
