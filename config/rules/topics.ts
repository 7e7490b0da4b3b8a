import type { Path, Problem } from "../problems";
import type { SettingValue } from "../kafka";
import { type Rule, type Subject, complain, refuse } from "./rule";

/** Broker settings that say how many copies a topic has, each with the one that says how many of them must have a record. */
const INTERNAL = [
  ["default.replication.factor", "min.insync.replicas"],
  ["offsets.topic.replication.factor", undefined],
  ["transaction.state.log.replication.factor", "transaction.state.log.min.isr"],
  ["share.coordinator.state.topic.replication.factor", "share.coordinator.state.topic.min.isr"],
] as const;

const INTERNAL_TOPICS = [
  "__consumer_offsets",
  "__transaction_state",
  "__share_group_state",
  "__remote_log_metadata",
  "__cluster_metadata",
];

const asNumber = (value: SettingValue | undefined): number =>
  value === undefined || value === "" ? NaN : Number(value);

/** Why so many in-sync copies do not go with so many copies: with all of them needed, no broker could ever restart. */
const tooMany = (inSync: number, copies: number): boolean => (inSync >= copies && copies > 1 ? true : inSync > copies);
const fewer = (copies: number): string => (copies <= 2 ? "1" : `from 1 to ${copies - 1}`);

function* brokerReplication(subject: Subject): Iterable<Problem> {
  const { replicas, kafka } = subject.config;
  for (const [factor, inSync] of INTERNAL) {
    const copies = asNumber(kafka.config[factor]);
    if (copies > replicas) {
      yield refuse(subject, ["kafka", "config", factor], `at most ${replicas}, the number of brokers (replicas)`);
    } else if (inSync !== undefined && tooMany(asNumber(kafka.config[inSync]), copies)) {
      yield refuse(
        subject,
        ["kafka", "config", inSync],
        `${fewer(copies)}, fewer than the ${copies} copies of ${factor}`,
      );
    }
  }
}

function* topicReplication(subject: Subject): Iterable<Problem> {
  const { replicas, kafka, topics } = subject.config;
  const inherited = asNumber(kafka.config["min.insync.replicas"]);
  const inheritedFits = !tooMany(inherited, asNumber(kafka.config["default.replication.factor"]));
  for (const [index, { name, replicationFactor, config }] of topics.entries()) {
    const path: Path = ["topics", index];
    const own = config["min.insync.replicas"];
    if (replicationFactor > replicas) {
      yield refuse(subject, [...path, "replicationFactor"], `at most ${replicas}, the number of brokers (replicas)`);
    } else if (own !== undefined && tooMany(asNumber(own), replicationFactor)) {
      const allowed = `${fewer(replicationFactor)}, fewer than the ${replicationFactor} copies of topic ${name}`;
      yield refuse(subject, [...path, "config", "min.insync.replicas"], allowed);
    } else if (own === undefined && inheritedFits && tooMany(inherited, replicationFactor)) {
      const allowed = `more than ${inherited}, the min.insync.replicas of kafka.config that topic ${name} inherits`;
      yield refuse(subject, [...path, "replicationFactor"], allowed);
    }
  }
}

function* names({ config }: Subject): Iterable<Problem> {
  const seen = new Map<string, string>();
  for (const [index, { name }] of config.topics.entries()) {
    const path: Path = ["topics", index, "name"];
    // Kafka's metrics replace . by _, so that two such names would be one.
    const metric = name.replaceAll(".", "_");
    const other = seen.get(metric);
    if (other === name) yield complain(path, `${name} is declared twice`);
    else if (other !== undefined)
      yield complain(path, `${name} collides with ${other}: Kafka's metrics cannot tell . and _ apart`);
    if (INTERNAL_TOPICS.includes(name)) yield complain(path, `${name} is a topic of Kafka's own`);
    seen.set(metric, name);
  }
}

function* rooms({ config }: Subject): Iterable<Problem> {
  if (!config.kchat.enabled) return;
  const declared = config.topics.map(({ name }) => name);
  if (declared.length === 0)
    yield complain(["topics"], "is empty, but kchat needs at least one topic unless kchat.enabled is false");
  for (const [index, room] of config.kchat.rooms.entries()) {
    const path: Path = ["kchat", "rooms", index];
    if (!declared.includes(room))
      yield complain(path, `${room} is not a declared topic; declared are ${declared.join(", ")}`);
    if (config.kchat.rooms.indexOf(room) < index) yield complain(path, `${room} is named twice`);
  }
}

/** Topics and their copies. */
export const topicRules: readonly Rule[] = [
  { reads: [["replicas"], ["kafka", "config"]], check: brokerReplication },
  { reads: [["replicas"], ["kafka", "config"], ["topics"]], check: topicReplication },
  { reads: [["topics"]], check: names },
  { reads: [["topics"], ["kchat", "rooms"], ["kchat", "enabled"]], check: rooms },
];
