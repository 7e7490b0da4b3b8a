import { count } from "../format.js";
import { partitionsOf, redistribute, type RedistributeOptions } from "./redistribute.js";
import type { Cluster } from "../cluster.js";

/**
 * Empties all brokers but the given ones. When these hold everything already there is nothing to do, whether they are up or not: new brokers are not there yet,
 * and a broker that is down must not keep its own repair from being carried out.
 *
 * @throws {@link RefusedError} as {@link redistribute} does.
 */
export async function drain(cluster: Cluster, options: RedistributeOptions): Promise<void> {
  const { brokers, print } = options;
  const partitions = partitionsOf(await cluster.describe());
  if (partitions.every(({ replicas }) => replicas.every((id) => brokers.includes(id)))) {
    print(`Nothing to drain: the ${count(brokers.length, "broker")} to keep hold everything.`);
    return;
  }
  await redistribute(cluster, options);
}
