import { abilitiesOf } from "../../components/kafka/versions";
import { type SettingValue } from "../kafka";
import { checkTogether } from "../kafka-checks";
import { type Scope, settingProblem } from "../kafka-settings";
import { ownedSettings } from "../owned-settings";
import { type Path, type Problem, valueAt } from "../problems";
import { type Rule, type Subject, complain, refuse } from "./rule";

const isSetting = (value: unknown): value is SettingValue =>
  typeof value === "number" || typeof value === "boolean" || (typeof value === "string" && !/[\r\n]/.test(value));

/** The settings at a path of what was written, but for those that the schema refuses already. */
function settingsAt({ raw }: Subject, path: Path): [string, SettingValue][] {
  const settings = valueAt(raw, path);
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) return [];
  return Object.entries(settings as Record<string, unknown>).filter((entry): entry is [string, SettingValue] =>
    isSetting(entry[1]),
  );
}

function problemOf({ config }: Subject, scope: Scope, name: string, value: SettingValue): string | undefined {
  const owned = ownedSettings[scope];
  return Object.hasOwn(owned, name) ? owned[name] : settingProblem(scope, name, value, config.kafka.version);
}

const BROKERS: Path = ["kafka", "config"];

function* each(subject: Subject, scope: Scope, path: Path): Iterable<Problem> {
  for (const [name, value] of settingsAt(subject, path)) {
    const problem = problemOf(subject, scope, name, value);
    if (problem !== undefined) yield complain([...path, name], problem);
  }
}

/** Each setting by itself. Topics are looked at as they were written, so that one that is wrong hides nothing of the others. */
const brokers = (subject: Subject): Iterable<Problem> => each(subject, "broker", BROKERS);
function* topics(subject: Subject): Iterable<Problem> {
  const written = valueAt(subject.raw, ["topics"]);
  for (const index of Array.isArray(written) ? written.keys() : []) {
    yield* each(subject, "topic", ["topics", index, "config"]);
  }
}

/** What Kafka checks between settings that are right by themselves. */
function* together(subject: Subject): Iterable<Problem> {
  const { mode, kafka } = subject.config;
  const written = settingsAt(subject, BROKERS);
  const right = written.filter(([name, value]) => problemOf(subject, "broker", name, value) === undefined);
  const wrong = new Set(written.map(([name]) => name).filter((name) => !right.some(([other]) => other === name)));
  const settings = Object.fromEntries(Object.entries(kafka.config).filter(([name]) => !wrong.has(name)));
  const checked = { mode, version: kafka.version, settings, written: new Set(right.map(([name]) => name)) };
  for (const { name, allowed } of checkTogether(checked)) yield refuse(subject, [...BROKERS, name], allowed);
}

function* authorizer(subject: Subject): Iterable<Problem> {
  const { mode, kafka } = subject.config;
  const name = String(kafka.config["authorizer.class.name"] ?? "").trim();
  if (mode === "kraft" && name === "kafka.security.authorizer.AclAuthorizer") {
    const allowed =
      "org.apache.kafka.metadata.authorizer.StandardAuthorizer: this one keeps its rules in ZooKeeper, which mode kraft does not have";
    if (!abilitiesOf(kafka.version).onlyKraft) yield refuse(subject, [...BROKERS, "authorizer.class.name"], allowed);
  }
  if (mode === "zookeeper" && name === "org.apache.kafka.metadata.authorizer.StandardAuthorizer") {
    const allowed =
      "kafka.security.authorizer.AclAuthorizer: this one keeps its rules in KRaft's metadata, which mode zookeeper does not have";
    yield refuse(subject, [...BROKERS, "authorizer.class.name"], allowed);
  }
}

function* topicsTogether(subject: Subject): Iterable<Problem> {
  const tiered = String(subject.config.kafka.config["remote.log.storage.system.enable"] ?? false).trim();
  for (const [index, { config }] of subject.config.topics.entries()) {
    const at = (name: string): Path => ["topics", index, "config", name];
    const number = (name: string, preset: number) => (Object.hasOwn(config, name) ? Number(config[name]) : preset);
    const most = number("max.compaction.lag.ms", Infinity);
    if (number("min.compaction.lag.ms", 0) > most) {
      const [name, allowed] = Object.hasOwn(config, "min.compaction.lag.ms")
        ? ["min.compaction.lag.ms", `at most ${most}, the value of max.compaction.lag.ms`]
        : ["max.compaction.lag.ms", "at least 0, the value of min.compaction.lag.ms"];
      yield refuse(subject, at(name), allowed);
    }
    if (/^true$/i.test(String(config["remote.storage.enable"] ?? "").trim()) && !/^true$/i.test(tiered)) {
      const allowed = "false, unless remote.log.storage.system.enable of kafka.config is true";
      yield refuse(subject, at("remote.storage.enable"), allowed);
    }
  }
}

/** Settings of Kafka's own. */
export const settingRules: readonly Rule[] = [
  { reads: [["kafka", "version"]], check: brokers },
  { reads: [["kafka", "version"]], check: topics },
  { reads: [["mode"], ["kafka", "version"]], check: together },
  { reads: [["mode"], ["kafka", "version"], [...BROKERS, "authorizer.class.name"]], check: authorizer },
  { reads: [["kafka", "version"], BROKERS, ["topics"]], check: topicsTogether },
];
