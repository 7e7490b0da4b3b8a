import { ALL_BROKERS, type Cluster } from "../cluster.js";
import { count } from "../format.js";
import type { PlacedPartition, Placement } from "../placement.js";
import { topicsTooWide } from "../plan/plan.js";
import type { PlanChange } from "../plan/types.js";
import { RefusedError } from "../refused.js";
import { carryOut, makePlan, type PlannedTopics, type TopicsOptions } from "./apply.js";
import type { Declaration } from "./declared.js";
import { MIN_ISR } from "./plan.js";

/** Options of {@link narrowTopics}. */
export interface NarrowOptions extends Omit<TopicsOptions, "brokers"> {
  /** The brokers that stay. */
  readonly keep: readonly number[];
}

/**
 * Removes replicas of topics that have more than declared, before brokers leave: fewer brokers would have no place for them. Copies nothing. It
 * lowers `min.insync.replicas` first where that is declared, so that writers are never blocked.
 *
 * @throws {@link RefusedError} before anything is changed, when undeclared topics have more replicas than there will be brokers, or a partition has
 *   no leader.
 */
export async function narrowTopics(cluster: Cluster, declaration: Declaration, options: NarrowOptions): Promise<void> {
  const { keep, print } = options;
  const planned = await makePlan(cluster, declaration, { ...options, brokers: keep.length });
  if (planned.plan.refusals.length > 0) throw new RefusedError(planned.plan.refusals.join(" "));
  const changes = planNarrowing(planned, keep);
  if (changes.length === 0) {
    print("No topic has more replicas than declared.");
    return;
  }
  refuseIfTooWide(planned.placement, changes, keep.length);
  refuseIfOffline(planned.placement, changes);
  await lowerMinIsr(cluster, declaration, planned, print);
  const topics = new Set(changes.map(({ topic }) => topic));
  print(`Fewer replicas for ${count(changes.length, "partition")} of ${[...topics].join(", ")}.`);
  await carryOut(cluster, changes, options);
}

/** Partitions with more replicas than their topic declares, and the replicas to keep. */
export function planNarrowing({ plan, placement }: PlannedTopics, keep: readonly number[]): PlanChange[] {
  const factors = new Map(plan.changeReplicas.map(({ name, to }) => [name, to]));
  return placement.partitions.flatMap((partition) => {
    const factor = factors.get(partition.topic);
    if (factor === undefined || partition.replicas.length <= factor) return [];
    const rackOf = (id: number) => placement.view.brokers.get(id)?.rack ?? String(id);
    const to = kept(partition, factor, keep, rackOf);
    return [{ topic: partition.topic, partition: partition.partition, from: partition.held, to }];
  });
}

/**
 * The replicas to keep: first those in sync, because only they have every record; then those on brokers that stay; then those in separate racks.
 * Otherwise in their order, so that the preferred leader stays.
 */
function kept(
  { replicas, isr }: PlacedPartition,
  factor: number,
  keep: readonly number[],
  rackOf: (id: number) => string,
): number[] {
  const chosen: number[] = [];
  while (chosen.length < factor) {
    const racks = new Set(chosen.map(rackOf));
    const worth = (id: number) =>
      (isr.includes(id) ? 4 : 0) + (keep.includes(id) ? 2 : 0) + (racks.has(rackOf(id)) ? 0 : 1);
    const left = replicas.filter((id) => !chosen.includes(id));
    const best = Math.max(...left.map(worth));
    const next = left.find((id) => worth(id) === best);
    if (next === undefined) break;
    chosen.push(next);
  }
  return replicas.filter((id) => chosen.includes(id));
}

function refuseIfTooWide(placement: Placement, changes: readonly PlanChange[], brokers: number): void {
  const narrowed = new Map(changes.map(({ topic, partition, to }) => [`${topic}/${partition}`, to]));
  const after = placement.partitions.map(({ topic, partition, replicas }) => ({
    topic,
    partition,
    replicas: narrowed.get(`${topic}/${partition}`) ?? replicas,
  }));
  const wide = topicsTooWide(after, brokers);
  if (wide.length === 0) return;
  const names = wide.map(({ topic, replicas }) => `${topic} has replication factor ${replicas}`).join(", ");
  throw new RefusedError(
    `${count(brokers, "broker")} cannot hold all topics: ${names}. Lower the replication factor or keep more brokers.`,
  );
}

function refuseIfOffline(placement: Placement, changes: readonly PlanChange[]): void {
  const narrowed = new Set(changes.map(({ topic, partition }) => `${topic}/${partition}`));
  const offline = placement.partitions.find(
    ({ topic, partition, leader }) => leader < 0 && narrowed.has(`${topic}/${partition}`),
  );
  if (offline === undefined) return;
  const down = offline.held.filter((id) => !placement.view.brokers.has(id)).join(", ");
  throw new RefusedError(
    `${offline.topic}-${offline.partition} has no leader, so none of its replicas can be removed: of the brokers that hold it, ${down} are not up. Bring them back first.`,
  );
}

/** Only lowers it: a higher value waits until the replicas for it exist. */
async function lowerMinIsr(
  cluster: Cluster,
  { minInsyncReplicas }: Declaration,
  { plan }: PlannedTopics,
  print: (line: string) => void,
): Promise<void> {
  const present = (await cluster.configOf([ALL_BROKERS])).get("")?.[MIN_ISR];
  if (minInsyncReplicas !== undefined && present !== undefined && minInsyncReplicas < Number(present)) {
    print(`set ${MIN_ISR} = ${minInsyncReplicas}`);
    await cluster.alterConfig(ALL_BROKERS, { [MIN_ISR]: String(minInsyncReplicas) });
  }
  const effective = await cluster.effectiveTopicConfig(
    plan.setConfig.map(({ name }) => name),
    MIN_ISR,
  );
  for (const { name, changes } of plan.setConfig) {
    const value = changes[MIN_ISR];
    if (value === undefined || Number(value) >= Number(effective.get(name) ?? value)) continue;
    print(`set ${MIN_ISR} = ${value} on ${name}`);
    await cluster.alterConfig({ type: "topic", name }, { [MIN_ISR]: value });
  }
}
