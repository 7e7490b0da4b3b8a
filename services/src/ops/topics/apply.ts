import type { Cluster } from "../cluster.js";
import { type CopyOptions, moveOptions } from "../commands/redistribute.js";
import { clusterPort } from "../move/cluster-port.js";
import { moveReplicas, settle } from "../move/mover.js";
import { readPlacement } from "../placement.js";
import { planFactors } from "../plan/factor.js";
import { RefusedError } from "../refused.js";
import type { DeclaredTopic } from "./declared.js";
import { type ActualTopic, describePlan, isEmptyPlan, planTopics, type TopicsPlan } from "./plan.js";

/** What `topics` commands need to know besides the cluster and the declaration. */
export interface TopicsOptions extends CopyOptions {
  /** Milliseconds to wait for as many brokers as the largest replication factor needs, on the first start. */
  readonly waitMs: number;
  /** How many brokers there will be, for a check before they come or go. Nothing is waited for then. @default those that are up */
  readonly brokers?: number | undefined;
}

/**
 * Says what `apply` would do.
 *
 * @returns the plan
 * @throws {@link RefusedError} when the declaration cannot be met.
 */
export async function checkTopics(
  cluster: Cluster,
  declared: readonly DeclaredTopic[],
  options: TopicsOptions,
): Promise<TopicsPlan> {
  const plan = await makePlan(cluster, declared, options);
  if (plan.refusals.length > 0) throw new RefusedError(plan.refusals.join(" "));
  await cluster.createTopics(await placeable(cluster, plan.create), true);
  await cluster.addPartitions(plan.addPartitions, true);
  for (const { name, changes } of plan.setConfig) await cluster.alterConfig({ type: "topic", name }, changes, true);
  for (const line of describePlan(plan)) options.print(line);
  if (isEmptyPlan(plan)) options.print(`All ${declared.length} topics are as declared.`);
  return plan;
}

/**
 * Brings the cluster's topics to their declared shape. Everything is checked, by Kafka too, before anything is changed. Topics that are not
 * declared are left alone.
 *
 * @throws {@link RefusedError} when the declaration cannot be met; nothing was changed then.
 */
export async function applyTopics(
  cluster: Cluster,
  declared: readonly DeclaredTopic[],
  options: TopicsOptions,
): Promise<void> {
  const plan = await checkTopics(cluster, declared, options);
  await cluster.createTopics(plan.create);
  await changeReplicas(cluster, plan, options);
  await letFinish(cluster, plan, options);
  await cluster.addPartitions(plan.addPartitions);
  for (const { name, changes } of plan.setConfig) await cluster.alterConfig({ type: "topic", name }, changes);
  if (!isEmptyPlan(plan)) options.print("Done.");
}

/** Before partitions are added, as Kafka gives new partitions as many replicas as the present ones have. */
async function changeReplicas(cluster: Cluster, plan: TopicsPlan, options: TopicsOptions): Promise<void> {
  if (plan.changeReplicas.length === 0) return;
  const { view, partitions } = await readPlacement(cluster);
  const factors = new Map(plan.changeReplicas.map(({ name, to }) => [name, to]));
  const changes = planFactors(partitions, [...view.brokers.values()], factors);
  await moveReplicas(clusterPort(cluster, options.throttle), changes, moveOptions(options));
}

/** Kafka gives new partitions as many replicas as the first one has, and counts old and new ones together while that one moves. */
async function letFinish(cluster: Cluster, plan: TopicsPlan, options: TopicsOptions): Promise<void> {
  const names = new Set(plan.addPartitions.map(({ name }) => name));
  if (names.size === 0) return;
  await settle(clusterPort(cluster, options.throttle), moveOptions(options), ({ topic }) => names.has(topic));
}

/** Those that Kafka can judge today: it refuses a topic with more replicas than there are brokers. */
async function placeable(cluster: Cluster, topics: readonly DeclaredTopic[]): Promise<readonly DeclaredTopic[]> {
  if (topics.length === 0) return [];
  const { brokers } = await cluster.describe([]);
  return topics.filter(({ replicationFactor }) => replicationFactor <= brokers.size);
}

async function makePlan(
  cluster: Cluster,
  declared: readonly DeclaredTopic[],
  options: TopicsOptions,
): Promise<TopicsPlan> {
  const names = declared.map(({ name }) => name);
  const needed = Math.max(0, ...declared.map(({ replicationFactor }) => replicationFactor));
  const deadline = Date.now() + options.waitMs;
  for (let said = -1; ;) {
    const { view, partitions } = await readPlacement(cluster);
    const present = names.filter((name) => view.topics.has(name));
    const configs = await cluster.configOf(present.map((name) => ({ type: "topic", name })));
    const minIsr = await cluster.effectiveTopicConfig(present, "min.insync.replicas");
    const actual = new Map<string, ActualTopic>();
    for (const name of present) {
      const replicas = partitions.filter(({ topic }) => topic === name).map((partition) => partition.replicas);
      const minInsyncReplicas = Number(minIsr.get(name) ?? "1");
      actual.set(name, { name, replicas, config: configs.get(name) ?? {}, minInsyncReplicas });
    }
    const plan = planTopics(declared, actual, options.brokers ?? view.brokers.size);
    const waits =
      options.brokers === undefined &&
      view.brokers.size < needed &&
      (plan.create.length > 0 || plan.changeReplicas.length > 0);
    if (!waits || Date.now() >= deadline) return plan;
    if (said !== view.brokers.size) options.print(`Waiting for brokers: ${view.brokers.size} of ${needed} are up.`);
    said = view.brokers.size;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
