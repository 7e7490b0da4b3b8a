import type { Declaration, DeclaredTopic } from "./declared.js";
import { MIN_ISR, type ActualTopic } from "./plan.js";

/**
 * Kafka's own topics that exist, as if they were declared: with the declared number of replicas, and otherwise as they are. Kafka makes them when they are first
 * needed, with as many replicas as its settings say then, and never changes them again.
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
    // With all replicas needed, no broker could ever restart; with more than there are, nothing could be written.
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
