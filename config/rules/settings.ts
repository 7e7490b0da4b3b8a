import type { SettingValue } from "../../components/kafka/settings";
import { idleSettings } from "../../components/kafka/idle-settings";
import { checkTogether } from "../../components/kafka/kafka-checks";
import type { Scope } from "../../components/kafka/kafka-settings";
import { authorizer, refusedSetting } from "../../components/kafka/setting-refusals";
import { topicSettings } from "../../components/kafka/topic-refusals";
import { type Path, type Problem, valueAt } from "../problems";
import { type Rule, type Subject, complain, refuse, told } from "./rule";

const isSetting = (value: unknown): value is SettingValue =>
  typeof value === "number" || typeof value === "boolean" || (typeof value === "string" && !/[\r\n]/.test(value));

/** The written settings at a path, except those that the schema already refuses. */
function settingsAt({ raw }: Subject, path: Path): [string, SettingValue][] {
  const settings = valueAt(raw, path);
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) return [];
  return Object.entries(settings as Record<string, unknown>).filter((entry): entry is [string, SettingValue] =>
    isSetting(entry[1]),
  );
}

const problemOf = ({ config }: Subject, scope: Scope, name: string, value: SettingValue): string | undefined =>
  refusedSetting(scope, name, value, config.kafka.version);

const BROKERS: Path = ["kafka", "config"];

function* each(subject: Subject, scope: Scope, path: Path): Iterable<Problem> {
  for (const [name, value] of settingsAt(subject, path)) {
    const problem = problemOf(subject, scope, name, value);
    if (problem !== undefined) yield complain([...path, name], problem);
  }
}

/** Each setting by itself. Topics are read as written, so that a wrong one hides nothing of the others. */
const brokers = (subject: Subject): Iterable<Problem> => each(subject, "broker", BROKERS);
function* topics(subject: Subject): Iterable<Problem> {
  const written = valueAt(subject.raw, ["topics"]);
  for (const index of Array.isArray(written) ? written.keys() : []) {
    yield* each(subject, "topic", ["topics", index, "config"]);
  }
}

/** Kafka's checks between settings that are valid by themselves. */
function* together(subject: Subject): Iterable<Problem> {
  const { mode, kafka } = subject.config;
  const written = settingsAt(subject, BROKERS);
  const right = written.filter(([name, value]) => problemOf(subject, "broker", name, value) === undefined);
  const wrong = new Set(written.map(([name]) => name).filter((name) => !right.some(([other]) => other === name)));
  const settings = Object.fromEntries(Object.entries(kafka.config).filter(([name]) => !wrong.has(name)));
  const checked = { mode, version: kafka.version, settings, written: new Set(right.map(([name]) => name)) };
  for (const { name, allowed } of checkTogether(checked)) yield refuse(subject, [...BROKERS, name], allowed);
}

const authorizers: Rule["check"] = (subject) =>
  told(subject, authorizer(subject.config.mode, subject.config.kafka.version, subject.config.kafka.config, BROKERS));

/** Settings that are right by themselves, and that no server would read. */
const idle: Rule["check"] = (subject) => {
  const { mode, kafka } = subject.config;
  const right = settingsAt(subject, BROKERS).filter(
    ([name, value]) => problemOf(subject, "broker", name, value) === undefined,
  );
  return told(subject, idleSettings(Object.fromEntries(right), { mode, external: kafka.external.enabled }, BROKERS));
};

const topicsTogether: Rule["check"] = (subject) =>
  told(subject, topicSettings(subject.config.topics, subject.config.kafka.config, BROKERS));

/** Kafka's own settings. */
export const settingRules: readonly Rule[] = [
  { reads: [["kafka", "version"]], check: brokers },
  { reads: [["kafka", "version"]], check: topics },
  { reads: [["mode"], ["kafka", "version"]], check: together },
  { reads: [["mode"], ["kafka", "version"], ["kafka", "external", "enabled"]], check: idle },
  { reads: [["mode"], ["kafka", "version"], [...BROKERS, "authorizer.class.name"]], check: authorizers },
  { reads: [["kafka", "version"], BROKERS, ["topics"]], check: topicsTogether },
];
