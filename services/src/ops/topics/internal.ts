import type { Declaration, DeclaredTopic } from "./declared.js";
import { MIN_ISR, type ActualTopic } from "./plan.js";

/**
 * Kafka's existing own topics as declarations: with the declared number of replicas, and otherwise as they are. Kafka creates them at first use, with
 * the number of replicas in its settings at that time, and never changes that.
 *
 * @param actual - the internal topics of the cluster
 */
export function declareInternal(declaration: Declaration, actual: readonly ActualTopic[]): DeclaredTopic[] {
  const { internal } = declaration;
  if (internal === undefined) return [];
  return actual.map((topic) => {
    const wanted = internal.topics[topic.name] ?? internal;
    const { replicationFactor } = wanted;
    const inherited = declaration.minInsyncReplicas ?? topic.minInsyncReplicas;
    const own = "minInsyncReplicas" in wanted ? wanted.minInsyncReplicas : undefined;
    const minIsr = own ?? (MIN_ISR in topic.config ? Number(topic.config[MIN_ISR]) : inherited);
    // If all replicas had to be in sync, no broker could ever restart; if more than exist, nothing could be written.
    const fitting = Math.max(1, replicationFactor - 1);
    const set = Math.min(minIsr, fitting);
    const isSet = own !== undefined || MIN_ISR in topic.config || set < inherited;
    return {
      name: topic.name,
      partitions: topic.replicas.length,
      replicationFactor,
      config: { ...topic.config, ...(isSet && { [MIN_ISR]: String(set) }) },
    };
  });
}
