import type { Cluster } from "../cluster.js";
import { type CopyOptions, moveOptions } from "../commands/redistribute.js";
import { clusterPort } from "../move/cluster-port.js";
import { moveReplicas, settle } from "../move/mover.js";
import { readPlacement, type PlacedPartition, type Placement } from "../placement.js";
import { planReplicationFactors } from "../plan/factor.js";
import type { PlanChange } from "../plan/types.js";
import { RefusedError } from "../refused.js";
import type { Declaration, DeclaredTopic } from "./declared.js";
import { awaitInSync, raisedByPlan } from "./in-sync.js";
import { declareInternal } from "./internal.js";
import { type ActualTopic, describePlan, isEmptyPlan, MIN_ISR, planTopics, type TopicsPlan } from "./plan.js";

/** Options of `topics` commands besides the cluster and the declaration. */
export interface TopicsOptions extends CopyOptions {
  /** Milliseconds to wait for as many brokers as the largest replication factor needs, on the first start. */
  readonly waitMs: number;
  /** The future number of brokers, for a check before they come or go, which waits for nothing. @default those that are up */
  readonly brokers?: number | undefined;
  /** The brokers that may get replicas. @default those that are up */
  readonly holders?: readonly number[] | undefined;
  /** Whether to ask the running brokers about topic settings. False when they are of another version than declared. @default true */
  readonly settings?: boolean | undefined;
}

/** A plan and its inputs. */
export interface PlannedTopics {
  readonly plan: TopicsPlan;
  readonly placement: Placement;
  /** Names of all topics in the plan: the declared ones and Kafka's own. */
  readonly names: ReadonlySet<string>;
}

/**
 * Says what `apply` would do.
 *
 * @returns the plan
 * @throws {@link RefusedError} when the declaration cannot be met.
 */
export async function checkTopics(
  cluster: Cluster,
  declaration: Declaration,
  options: TopicsOptions,
): Promise<PlannedTopics> {
  const planned = await makePlan(cluster, declaration, options);
  const { plan } = planned;
  if (plan.refusals.length > 0) throw new RefusedError(plan.refusals.join(" "));
  const asks = options.settings !== false;
  const create = asks ? plan.create : plan.create.map((topic) => ({ ...topic, config: {} }));
  await cluster.createTopics(await placeable(cluster, create), true);
  await cluster.addPartitions(plan.addPartitions, true);
  for (const { name, changes } of asks ? plan.setConfig : []) {
    await cluster.alterConfig({ type: "topic", name }, changes, true);
  }
  for (const line of describePlan(plan)) options.print(line);
  if (isEmptyPlan(plan)) options.print(`All ${declaration.topics.length} topics are as declared.`);
  return planned;
}

/**
 * Reconciles the cluster's topics with their declaration, and Kafka's own topics with their number of replicas. Everything is checked, by Kafka too,
 * before anything is changed. Undeclared topics are left alone. `min.insync.replicas` is raised last, once as many replicas are in sync.
 *
 * @throws {@link RefusedError} when the declaration cannot be met; nothing was changed then. And when too few replicas are in sync; then the rest was.
 */
export async function applyTopics(cluster: Cluster, declaration: Declaration, options: TopicsOptions): Promise<void> {
  const planned = await checkTopics(cluster, declaration, options);
  const { plan } = planned;
  await cluster.createTopics(plan.create);
  // Before partitions are added, because Kafka gives new partitions the replication factor of existing ones; and before more replicas must be in
  // sync.
  await carryOut(cluster, replicaChanges(planned, options.holders), options);
  await letFinish(cluster, plan, options);
  await cluster.addPartitions(plan.addPartitions);
  const raised = await raisedByPlan(cluster, plan, declaration.minInsyncReplicas);
  for (const { name, changes } of plan.setConfig) {
    const later = (key: string) => key === MIN_ISR && raised.has(name);
    const first = Object.fromEntries(Object.entries(changes).filter(([key]) => !later(key)));
    await cluster.alterConfig({ type: "topic", name }, first);
  }
  await awaitInSync(cluster, raised, options);
  for (const { name, changes } of plan.setConfig) {
    if (raised.has(name)) await cluster.alterConfig({ type: "topic", name }, { [MIN_ISR]: changes[MIN_ISR] });
  }
  if (!isEmptyPlan(plan)) options.print("Done.");
}

/** How replicas reach their declared number, including what an earlier run began for that. */
export function replicaChanges({ plan, placement, names }: PlannedTopics, holders?: readonly number[]): PlanChange[] {
  const factors = new Map(plan.changeReplicas.map(({ name, to }) => [name, to]));
  const brokers = [...placement.view.brokers.values()].filter(({ id }) => holders?.includes(id) ?? true);
  const changes = factors.size === 0 ? [] : planReplicationFactors(placement.partitions, brokers, factors);
  const key = ({ topic, partition }: Pick<PlanChange, "topic" | "partition">) => `${topic}/${partition}`;
  const placed = new Map(placement.partitions.map((each) => [key(each), each]));
  const planned = new Set(changes.map(key));
  const isWidened = ({ moving, held, replicas }: PlacedPartition) => moving && replicas.length > held.length;
  const begun = placement.partitions.filter(
    (each) => names.has(each.topic) && !planned.has(key(each)) && isWidened(each),
  );
  return [
    // Replicas under construction do not count as held: they still have to be copied.
    ...changes.map((change) => ({ ...change, from: placed.get(key(change))?.held ?? change.from })),
    ...begun.map(({ topic, partition, held, replicas }) => ({ topic, partition, from: held, to: replicas })),
  ];
}

/** Carries out changes of replicas, if there are any. */
export async function carryOut(cluster: Cluster, changes: readonly PlanChange[], options: CopyOptions): Promise<void> {
  if (changes.length === 0) return;
  await moveReplicas(clusterPort(cluster, options.throttle), changes, moveOptions(options));
}

/** Kafka gives new partitions as many replicas as the first one has, and counts old and new ones together while that one moves. */
async function letFinish(cluster: Cluster, { addPartitions }: TopicsPlan, options: CopyOptions): Promise<void> {
  const names = new Set(addPartitions.map(({ name }) => name));
  if (names.size === 0) return;
  await settle(clusterPort(cluster, options.throttle), moveOptions(options), ({ topic }) => names.has(topic));
}

/** The topics that Kafka can check now: it refuses a topic with more replicas than there are brokers. */
async function placeable(cluster: Cluster, topics: readonly DeclaredTopic[]): Promise<readonly DeclaredTopic[]> {
  if (topics.length === 0) return [];
  const { brokers } = await cluster.describe([]);
  return topics.filter(({ replicationFactor }) => replicationFactor <= brokers.size);
}

/** Compares the declaration with the cluster; waits for brokers where new replicas need them. */
export async function makePlan(
  cluster: Cluster,
  declaration: Declaration,
  options: TopicsOptions,
): Promise<PlannedTopics> {
  const deadline = Date.now() + options.waitMs;
  for (let said = -1; ;) {
    const placement = await readPlacement(cluster);
    const { actual, internal } = await readTopics(cluster, declaration, placement);
    const wanted = [...declaration.topics, ...declareInternal(declaration, internal)];
    const up = placement.view.brokers.size;
    const plan = planTopics(wanted, actual, options.brokers ?? up, declaration.minInsyncReplicas);
    const needed = Math.max(0, ...wanted.map(({ replicationFactor }) => replicationFactor));
    const waits =
      options.brokers === undefined && up < needed && (plan.create.length > 0 || plan.changeReplicas.length > 0);
    if (!waits || Date.now() >= deadline) {
      return { plan, placement, names: new Set(wanted.map(({ name }) => name)) };
    }
    if (said !== up) options.print(`Waiting for brokers: ${up} of ${needed} are up.`);
    said = up;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** The declared topics and Kafka's own, as they are or, under reassignment, will be. */
async function readTopics(cluster: Cluster, declaration: Declaration, { view, partitions }: Placement) {
  // Topics that this version of Kafka marks as internal, and those that the declaration names.
  const isInternal = ({ name, internal }: { name: string; internal: boolean }) =>
    internal || Object.hasOwn(declaration.internal?.topics ?? {}, name);
  const own = [...view.topics.values()].filter(isInternal).map(({ name }) => name);
  const present = declaration.topics.map(({ name }) => name).filter((name) => view.topics.has(name));
  const names = [...present, ...(declaration.internal === undefined ? [] : own)];
  const configs = await cluster.configOf(names.map((name) => ({ type: "topic", name })));
  const minIsr = await cluster.effectiveTopicConfig(names, MIN_ISR);
  const replicas = Map.groupBy(partitions, ({ topic }) => topic);
  const actual = new Map(
    names.map((name): [string, ActualTopic] => [
      name,
      {
        name,
        replicas: (replicas.get(name) ?? []).map((partition) => partition.replicas),
        config: configs.get(name) ?? {},
        minInsyncReplicas: Number(minIsr.get(name) ?? "1"),
      },
    ]),
  );
  return { actual, internal: own.flatMap((name) => actual.get(name) ?? []) };
}
