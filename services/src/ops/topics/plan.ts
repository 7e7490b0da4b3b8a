import { isSameValue } from "../same-value.js";
import type { DeclaredTopic } from "./declared.js";

/** A topic as it is in the cluster. */
export interface ActualTopic {
  readonly name: string;
  /** Each partition's replicas or, under reassignment, the future ones; the preferred leader first. */
  readonly replicas: readonly (readonly number[])[];
  /** The topic's own settings, without defaults. */
  readonly config: Readonly<Record<string, string>>;
  /** Its effective `min.insync.replicas`. */
  readonly minInsyncReplicas: number;
}

/** What `topics apply` will do. Empty lists mean that the cluster is as declared. */
export interface TopicsPlan {
  readonly create: readonly DeclaredTopic[];
  readonly addPartitions: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  readonly setConfig: readonly {
    readonly name: string;
    /** `undefined` removes the setting, so that the cluster's default applies again. */
    readonly changes: Readonly<Record<string, string | undefined>>;
  }[];
  /** Topics whose partitions must be reassigned to change their number of replicas. */
  readonly changeReplicas: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  /** Why the declaration cannot be met; if there are any, nothing may be changed. */
  readonly refusals: readonly string[];
}

/** Kafka's name of the minimum number of in-sync replicas. */
export const MIN_ISR = "min.insync.replicas";

/** Settings that other operations set while they run; they do not count as differences. */
const TRANSIENT = new Set(["leader.replication.throttled.replicas", "follower.replication.throttled.replicas"]);

/**
 * Compares the declaration with the cluster.
 *
 * @param brokers - the number of running brokers
 * @param defaultMinIsr - the cluster's future default `min.insync.replicas`; the current one when that is unknown
 */
export function planTopics(
  declared: readonly DeclaredTopic[],
  actual: ReadonlyMap<string, ActualTopic>,
  brokers: number,
  defaultMinIsr?: number,
): TopicsPlan {
  const refusals: string[] = [];
  const create: DeclaredTopic[] = [];
  const addPartitions: { name: string; from: number; to: number }[] = [];
  const changeReplicas: { name: string; from: number; to: number }[] = [];
  const setConfig: { name: string; changes: Record<string, string | undefined> }[] = [];
  for (const topic of declared) {
    const { name, partitions, replicationFactor } = topic;
    const present = actual.get(name);
    const inherited =
      present !== undefined && !(MIN_ISR in present.config) ? (defaultMinIsr ?? present.minInsyncReplicas) : 1;
    const minIsr = Number(topic.config[MIN_ISR] ?? inherited);
    if (minIsr > replicationFactor) {
      refusals.push(
        `Topic ${name} wants min.insync.replicas ${minIsr}, more than its replication factor ${replicationFactor}.`,
      );
    }
    if (present === undefined) {
      create.push(topic);
      continue;
    }
    const from = present.replicas.length;
    if (partitions < from) {
      refusals.push(`Topic ${name} has ${from} partitions and cannot have fewer; ${partitions} are declared.`);
    } else if (partitions > from) {
      addPartitions.push({ name, from, to: partitions });
    }
    const factors = present.replicas.map((replicas) => replicas.length);
    const different = factors.find((factor) => factor !== replicationFactor);
    if (different !== undefined) changeReplicas.push({ name, from: different, to: replicationFactor });
    const changes = configChanges(topic.config, present.config);
    if (Object.keys(changes).length > 0) setConfig.push({ name, changes });
  }
  // An existing topic keeps its replicas while brokers are away; only new replicas need brokers.
  for (const { name, to } of [...changeReplicas, ...create.map(({ name, replicationFactor: to }) => ({ name, to }))]) {
    if (to > brokers)
      refusals.push(`Topic ${name} needs ${to} brokers for its replication factor; there are ${brokers}.`);
  }
  return { create, addPartitions, setConfig, changeReplicas, refusals };
}

/** True when there is nothing to do. */
export function isEmptyPlan(plan: TopicsPlan): boolean {
  const { create, addPartitions, setConfig, changeReplicas } = plan;
  return create.length + addPartitions.length + setConfig.length + changeReplicas.length === 0;
}

/** The plan for people, a line for each step. */
export function describePlan(plan: TopicsPlan): string[] {
  return [
    ...plan.create.map(
      ({ name, partitions, replicationFactor }) =>
        `create ${name}: ${partitions} partitions, replication factor ${replicationFactor}`,
    ),
    ...plan.addPartitions.map(({ name, from, to }) => `add partitions to ${name}: ${from} -> ${to}`),
    ...plan.changeReplicas.map(({ name, from, to }) => `change the replication factor of ${name}: ${from} -> ${to}`),
    ...plan.setConfig.flatMap(({ name, changes }) =>
      Object.entries(changes).map(([key, value]) =>
        value === undefined ? `remove ${key} from ${name}` : `set ${key} = ${value} on ${name}`,
      ),
    ),
  ];
}

function configChanges(
  wanted: Readonly<Record<string, string>>,
  present: Readonly<Record<string, string>>,
): Record<string, string | undefined> {
  const changes: Record<string, string | undefined> = {};
  for (const [key, value] of Object.entries(wanted)) if (!isSameValue(present[key], value)) changes[key] = value;
  for (const key of Object.keys(present)) if (!(key in wanted) && !TRANSIENT.has(key)) changes[key] = undefined;
  return changes;
}
