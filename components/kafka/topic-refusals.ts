import { formatPath, type Path } from "../kubernetes/problems";
import type { Topic } from "./default-topics";
import { asNumber, fewer, type Refused, tooMany } from "./setting-refusals";
import type { Settings } from "./settings";

const INTERNAL_TOPICS = [
  "__consumer_offsets",
  "__transaction_state",
  "__share_group_state",
  "__remote_log_metadata",
  "__cluster_metadata",
];

/** Names that are used twice or collide, and those of Kafka's own topics. */
export function* topicNames(topics: readonly Pick<Topic, "name">[]): Iterable<Refused> {
  const seen = new Map<string, string>();
  for (const [index, { name }] of topics.entries()) {
    const at: Path = ["topics", index, "name"];
    // Kafka's metrics replace . by _, so two such names would become one.
    const metric = name.replaceAll(".", "_");
    const other = seen.get(metric);
    if (other === name) yield { at, sentence: `${name} is declared twice` };
    else if (other !== undefined) {
      yield { at, sentence: `${name} collides with ${other}: Kafka's metrics cannot tell . and _ apart` };
    }
    if (INTERNAL_TOPICS.includes(name)) yield { at, sentence: `${name} is a topic of Kafka's own` };
    seen.set(metric, name);
  }
}

/**
 * Whether there are brokers for the topics' replicas, and replicas for their min.insync.replicas.
 *
 * @param settings the brokers' settings with defaults, written at `settingsAt`
 */
export function* topicReplication(
  brokers: number,
  topics: readonly Topic[],
  settings: Settings,
  settingsAt: Path,
): Iterable<Refused> {
  const inherited = asNumber(settings["min.insync.replicas"]);
  const inheritedFits = !tooMany(inherited, asNumber(settings["default.replication.factor"]));
  for (const [index, { name, replicationFactor, config }] of topics.entries()) {
    const path: Path = ["topics", index];
    const own = config["min.insync.replicas"];
    if (replicationFactor > brokers) {
      yield { at: [...path, "replicationFactor"], allowed: `at most ${brokers}, the number of brokers (replicas)` };
    } else if (own !== undefined && tooMany(asNumber(own), replicationFactor)) {
      const allowed = `${fewer(replicationFactor)}, fewer than the ${replicationFactor} copies of topic ${name}`;
      yield { at: [...path, "config", "min.insync.replicas"], allowed };
    } else if (own === undefined && inheritedFits && tooMany(inherited, replicationFactor)) {
      const allowed = `more than ${inherited}, the min.insync.replicas of ${formatPath(settingsAt)} that topic ${name} inherits`;
      yield { at: [...path, "replicationFactor"], allowed };
    }
  }
}

/** Kafka's checks between settings of a topic, and between them and those of the brokers. */
export function* topicSettings(topics: readonly Topic[], settings: Settings, settingsAt: Path): Iterable<Refused> {
  const tiered = String(settings["remote.log.storage.system.enable"] ?? false).trim();
  for (const [index, { config }] of topics.entries()) {
    const at = (name: string): Path => ["topics", index, "config", name];
    const number = (name: string, preset: number) => (Object.hasOwn(config, name) ? Number(config[name]) : preset);
    const most = number("max.compaction.lag.ms", Infinity);
    if (number("min.compaction.lag.ms", 0) > most) {
      yield Object.hasOwn(config, "min.compaction.lag.ms")
        ? { at: at("min.compaction.lag.ms"), allowed: `at most ${most}, the value of max.compaction.lag.ms` }
        : { at: at("max.compaction.lag.ms"), allowed: "at least 0, the value of min.compaction.lag.ms" };
    }
    if (/^true$/i.test(String(config["remote.storage.enable"] ?? "").trim()) && !/^true$/i.test(tiered)) {
      const allowed = `false, unless remote.log.storage.system.enable of ${formatPath(settingsAt)} is true`;
      yield { at: at("remote.storage.enable"), allowed };
    }
  }
}
