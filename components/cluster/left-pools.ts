import { deletesLeft, type LeftPool } from "../storage/left-claims";
import { serverSets } from "../zookeeper/members";
import type { ResolvedCluster } from "./resolve";

/** The pools of a cluster whose claims are deleted once their server has left. */
export function leftPools({
  brokers,
  controllers,
  zookeeper,
}: Pick<ResolvedCluster, "brokers" | "controllers" | "zookeeper">): LeftPool[] {
  const ensemble =
    zookeeper &&
    serverSets(zookeeper.replicas, zookeeper.persistentServers ?? zookeeper.replicas)
      .filter(({ persistent }) => persistent)
      .map(({ pool, replicas }) => ({ pool, replicas, storage: zookeeper.storage }));
  const dedicated = typeof controllers === "object" ? [{ pool: "controller", ...controllers }] : [];
  return [{ pool: "broker", ...brokers }, ...(ensemble ?? dedicated)]
    .filter(({ storage }) => deletesLeft(storage))
    .map(({ pool, replicas }) => ({ pool, replicas }));
}
