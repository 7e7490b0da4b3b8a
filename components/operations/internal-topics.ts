import type { Settings } from "../kafka/settings";

/** Kafka's own topics, with the broker settings for their replication factor and min.insync.replicas. */
const TOPICS = [
  ["__consumer_offsets", "offsets.topic.replication.factor", undefined],
  ["__transaction_state", "transaction.state.log.replication.factor", "transaction.state.log.min.isr"],
  ["__share_group_state", "share.coordinator.state.topic.replication.factor", "share.coordinator.state.topic.min.isr"],
  ["__remote_log_metadata", "rlmm.config.remote.log.metadata.topic.replication.factor", undefined],
] as const;

/**
 * The declaration of Kafka's own topics. Kafka reads these settings only when it creates the topics, so that in a growing cluster they would stay on
 * one broker; the stack reconciles them. Topics without a known setting, as in later versions, get three replicas, or as many as there are brokers.
 */
export function internalTopics(settings: Settings, brokers: number) {
  const replicationFactor = Math.max(1, Math.min(3, brokers));
  const minInsyncReplicas = settings["min.insync.replicas"];
  const declared = TOPICS.flatMap(([name, factor, minIsr]) => {
    if (settings[factor] === undefined) return [];
    const inSync = minIsr === undefined ? undefined : settings[minIsr];
    return [
      [
        name,
        {
          replicationFactor: Number(settings[factor]),
          ...(inSync !== undefined && { minInsyncReplicas: Number(inSync) }),
        },
      ] as const,
    ];
  });
  return {
    internal: { replicationFactor, topics: Object.fromEntries(declared) },
    ...(minInsyncReplicas !== undefined && { minInsyncReplicas: Number(minInsyncReplicas) }),
  };
}
