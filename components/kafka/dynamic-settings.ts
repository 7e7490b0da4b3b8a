/**
 * Broker settings that Kafka accepts for the whole cluster at run time, in every version that the stack runs: those that `DynamicBrokerConfig` of
 * 3.9.2, 4.2.1 and 4.3.1 all have with the update mode "cluster-wide". Settings of a single broker, of listeners, of security and of plugins are left
 * out.
 *
 * @see https://kafka.apache.org/documentation/#dynamicbrokerconfigs
 */
const DYNAMIC: ReadonlySet<string> = new Set([
  "background.threads",
  "compression.gzip.level",
  "compression.lz4.level",
  "compression.type",
  "compression.zstd.level",
  "log.cleaner.backoff.ms",
  "log.cleaner.dedupe.buffer.size",
  "log.cleaner.delete.retention.ms",
  "log.cleaner.io.buffer.load.factor",
  "log.cleaner.io.buffer.size",
  "log.cleaner.io.max.bytes.per.second",
  "log.cleaner.max.compaction.lag.ms",
  "log.cleaner.min.cleanable.ratio",
  "log.cleaner.min.compaction.lag.ms",
  "log.cleaner.threads",
  "log.cleanup.policy",
  "log.flush.interval.messages",
  "log.flush.interval.ms",
  "log.index.interval.bytes",
  "log.index.size.max.bytes",
  "log.local.retention.bytes",
  "log.local.retention.ms",
  "log.message.timestamp.after.max.ms",
  "log.message.timestamp.before.max.ms",
  "log.message.timestamp.type",
  "log.preallocate",
  "log.retention.bytes",
  "log.retention.ms",
  "log.roll.jitter.ms",
  "log.roll.ms",
  "log.segment.bytes",
  "log.segment.delete.delay.ms",
  "max.connection.creation.rate",
  "max.connections",
  "max.connections.per.ip",
  "max.connections.per.ip.overrides",
  "message.max.bytes",
  "min.insync.replicas",
  "num.io.threads",
  "num.network.threads",
  "num.recovery.threads.per.data.dir",
  "num.replica.fetchers",
  "producer.id.expiration.ms",
  "remote.fetch.max.wait.ms",
  "remote.log.index.file.cache.total.size.bytes",
  "remote.log.manager.copy.max.bytes.per.second",
  "remote.log.manager.fetch.max.bytes.per.second",
  "transaction.partition.verification.enable",
  "unclean.leader.election.enable",
]);

/** Whether a broker setting is applied without a restart. */
export const isDynamic = (setting: string): boolean => DYNAMIC.has(setting);

/** The broker settings that are applied without a restart. */
export const dynamicOf = <T>(settings: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(settings).filter(([key]) => isDynamic(key)));
