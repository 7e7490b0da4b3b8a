import { placeHomeless } from "./balance.js";
import { PlanModel } from "./model.js";
import { replicaTargets } from "./targets.js";
import type { PlanBroker, PlanChange, PlanPartition } from "./types.js";

/**
 * Plans another number of replicas for topics. New replicas go to the brokers with the fewest, in other racks if possible; with fewer replicas, the
 * last ones go, and the preferred leader stays. Nothing else moves.
 *
 * @param factors - the wanted number of replicas by topic; other topics only count for the load of brokers
 * @throws RangeError when a topic would have more replicas than there are brokers.
 */
export function planReplicationFactors(
  partitions: readonly PlanPartition[],
  brokers: readonly PlanBroker[],
  factors: ReadonlyMap<string, number>,
): PlanChange[] {
  const wanted = partitions.map((partition) => {
    const factor = factors.get(partition.topic) ?? partition.replicas.length;
    const missing = Array.from(
      { length: Math.max(0, factor - partition.replicas.length) },
      (_, index) => NOBODY - index,
    );
    return { ...partition, replicas: [...partition.replicas.slice(0, factor), ...missing] };
  });
  const model = new PlanModel(wanted, brokers);
  placeHomeless(model, replicaTargets(model));
  const planned = new Map(model.changes().map((change) => [`${change.topic}/${change.partition}`, change.to]));
  const before = new Map(partitions.map((each) => [`${each.topic}/${each.partition}`, each.replicas]));
  return wanted
    .filter(({ topic }) => factors.has(topic))
    .map(({ topic, partition, replicas }) => ({
      topic,
      partition,
      from: before.get(`${topic}/${partition}`) ?? [],
      to: planned.get(`${topic}/${partition}`) ?? replicas,
    }))
    .filter(({ from, to }) => from.length !== to.length || from.some((id, index) => id !== to[index]));
}

/** No broker has this id, so its replica must be placed. */
const NOBODY = -1;
