import { balanceReplicas, placeHomeless } from "./balance.js";
import { balanceBytes } from "./bytes.js";
import { balanceLeaders } from "./leaders.js";
import { PlanModel } from "./model.js";
import { replicaTargets } from "./targets.js";
import { partitionKey } from "../log-dirs.js";
import type { Bytes, PlanBroker, PlanChange, PlanPartition } from "./types.js";

/** One round nearly always suffices; where racks leave little choice, a second or third is needed. */
const MAX_ROUNDS = 20;

/**
 * Plans where replicas go so that `brokers`, and no others, hold everything evenly. The one function for scaling out (new brokers hold nothing yet),
 * for scaling in (leaving brokers are not listed) and for repairing the spread over racks.
 *
 * - A partition keeps its number of replicas, on different brokers and, as far as there are enough, in different racks.
 * - Brokers hold equally many replicas and lead equally many partitions, give or take one, as far as the racks allow.
 * - As little as possible moves, and nothing when all of this already holds. The same input gives the same plan.
 *
 * @param bytes - of each partition, where brokers shall also hold equally many bytes, as far as swaps of replicas allow (see {@link balanceBytes})
 * @returns the changed partitions, in the order of topic and number
 * @throws RangeError when a partition has more replicas than there are brokers.
 */
export function planAssignment(
  partitions: readonly PlanPartition[],
  brokers: readonly PlanBroker[],
  bytes?: Bytes,
): PlanChange[] {
  const model = new PlanModel(partitions, brokers);
  placeHomeless(model, replicaTargets(model));
  balanceNumbers(model);
  if (bytes === undefined) return model.changes();
  const sizes = Float64Array.from(model.partitions, (each) => bytes.get(partitionKey(each.topic, each.partition)) ?? 0);
  // Swaps can open ways to more even numbers that racks had closed, so this repeats until the plan is stable.
  for (let round = 0; round < MAX_ROUNDS && balanceBytes(model, sizes) > 0; round += 1) balanceNumbers(model);
  return model.changes();
}

function balanceNumbers(model: PlanModel): void {
  // The current counts decide who gets the odd replicas, so this repeats until nothing moves and the plan is stable.
  for (let round = 0; round < MAX_ROUNDS && balanceReplicas(model, replicaTargets(model)) > 0; round += 1);
  balanceLeaders(model);
}

/** Why `count` brokers cannot hold `partitions`, topic by topic; empty when they can. */
export function topicsTooWide(
  partitions: readonly PlanPartition[],
  count: number,
): { topic: string; replicas: number }[] {
  const widest = new Map<string, number>();
  for (const { topic, replicas } of partitions) {
    if (replicas.length > count) widest.set(topic, Math.max(widest.get(topic) ?? 0, replicas.length));
  }
  return [...widest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([topic, replicas]) => ({ topic, replicas }));
}
