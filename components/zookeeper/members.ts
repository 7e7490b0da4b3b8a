import { ZOOKEEPER_PORTS as PORTS } from "../kubernetes/ports";

/** A StatefulSet of ZooKeeper servers; its name is also that of its headless Service. */
export interface ServerSet {
  readonly pool: "zookeeper" | "zookeeper-ephemeral";
  readonly replicas: number;
  /** Server id of ordinal 0. The ids of the two sets are disjoint for any number of servers. */
  readonly firstId: number;
  /** Whether its servers have volumes. The other set's lose their data with their pod, and copy it from the leader when they return. */
  readonly persistent: boolean;
}

/** The sets of an ensemble: the first servers have volumes, the others, if any, do not. */
export function serverSets(replicas: number, persistentServers: number): ServerSet[] {
  const persistent: ServerSet = { pool: "zookeeper", replicas: persistentServers, firstId: 1, persistent: true };
  const others = replicas - persistentServers;
  if (others === 0) return [persistent];
  return [persistent, { pool: "zookeeper-ephemeral", replicas: others, firstId: 101, persistent: false }];
}

/**
 * The members of an ensemble in ZooKeeper's form.
 *
 * @see https://zookeeper.apache.org/doc/r3.8.4/zookeeperReconfig.html#sc_reconfig_clientport
 */
export function memberLines(sets: readonly ServerSet[]): string[] {
  return sets.flatMap(({ pool, replicas, firstId }) =>
    Array.from(
      { length: replicas },
      (_, ordinal) =>
        `server.${firstId + ordinal}=${pool}-${ordinal}.${pool}:${PORTS.follower}:${PORTS.election}:participant;${PORTS.client}`,
    ),
  );
}
