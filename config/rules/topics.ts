import type { Path, Problem } from "../problems";
import { replication } from "../../components/kafka/setting-refusals";
import { topicNames, topicReplication } from "../../components/kafka/topic-refusals";
import { type Rule, type Subject, complain, told } from "./rule";

const BROKERS: Path = ["kafka", "config"];

const brokerReplication: Rule["check"] = (subject) =>
  told(subject, replication(subject.config.replicas, subject.config.kafka.config, BROKERS));

const topicCopies: Rule["check"] = (subject) => {
  const { replicas, topics, kafka } = subject.config;
  return told(subject, topicReplication(replicas, topics, kafka.config, BROKERS));
};

const names: Rule["check"] = (subject) => told(subject, topicNames(subject.config.topics));

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

/** Topics and their replicas. */
export const topicRules: readonly Rule[] = [
  { reads: [["replicas"], ["kafka", "config"]], check: brokerReplication },
  { reads: [["replicas"], ["kafka", "config"], ["topics"]], check: topicCopies },
  { reads: [["topics"]], check: names },
  { reads: [["topics"], ["kchat", "rooms"], ["kchat", "enabled"]], check: rooms },
];
