/**
 * Writes components/kafka/kafka-settings.json: the settings of every Kafka version that a stack may run, with types and bounds, read from Kafka's own jars.
 * Needs Maven and a JDK; run it (`npm run docs:kafka-settings`) when a version is added.
 */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { format } from "prettier";
import type { KafkaSetting, SettingTable } from "../components/kafka/kafka-settings";
import { isExact, KAFKA_VERSIONS, type KafkaVersion } from "../config";
import { askKafka } from "./kafka";

const ROOT = resolve(__dirname, "..");
const VERSIONS: readonly KafkaVersion[] = [...KAFKA_VERSIONS.kraft].reverse();

/** Something that only some versions have. */
interface Versioned<T> {
  readonly value: T;
  readonly versions: KafkaVersion[];
}

/** Bounds and choices, parsed from a validator's text: `[1,...]`, `[0,...,1]`, `[1,...,9] or -1`, `[compact, delete]`, `(case insensitive) [A, B]`. */
function bounds(type: string, validator: string): Partial<KafkaSetting> {
  const range = /^\[(-?[\d.]+),\.\.\.(?:,(-?[\d.]+))?\](?: or (-?\d+))?$/.exec(validator);
  if (range) {
    const [, min, max, or] = range;
    return {
      min: Number(min),
      ...(max !== undefined && { max: Number(max) }),
      ...(or !== undefined && { or: Number(or) }),
    };
  }
  // The size of a thread pool that defaults to another setting.
  if (validator.startsWith("The default value of -1")) return { min: 1, or: -1 };
  const choices = /^(\(case insensitive\) )?\[([\w.-]+(?:, [\w.-]+)*)\]$/.exec(validator);
  if (choices?.[2] === undefined || (type !== "string" && type !== "list")) return {};
  return {
    values: choices[2].split(", "),
    ...(choices[1] !== undefined && { anyCase: true }),
    ...(/-IV\d/.test(choices[2]) && { releases: true }),
  };
}

/** One setting, as the jars describe it. */
function settingOf([type = "", validator = "", preset = "", empty, blank]: readonly string[]): KafkaSetting {
  const isList = type === "list";
  return {
    type: type as KafkaSetting["type"],
    ...bounds(type, validator),
    ...(preset !== "" && { default: isExact(preset) ? Number(preset) : preset }),
    ...((isList || type === "string") && empty === "false" && { filled: true }),
    ...(isList && blank === "false" && { words: true }),
  };
}

/** Merges a version's settings into those of the others; equal ones become one entry with both versions. */
function add<T>(to: Map<string, Versioned<T>[]>, name: string, value: T, version: KafkaVersion): void {
  const all = to.get(name) ?? [];
  const same = all.find((other) => JSON.stringify(other.value) === JSON.stringify(value));
  if (same) same.versions.push(version);
  else all.push({ value, versions: [version] });
  to.set(name, all);
}

const versionsOf = ({ versions }: Versioned<unknown>) => (versions.length < VERSIONS.length ? { versions } : {});

async function collect(): Promise<SettingTable> {
  const settings = {
    broker: new Map<string, Versioned<KafkaSetting>[]>(),
    topic: new Map<string, Versioned<KafkaSetting>[]>(),
  };
  const classes = new Map<string, Versioned<string>[]>();
  const clients = new Set<string>();
  for (const version of VERSIONS) {
    for (const [kind = "", name = "", ...columns] of await askKafka(version, "Settings")) {
      if (kind === "broker" || kind === "topic") add(settings[kind], name, settingOf(columns), version);
      else if (kind === "names") classes.set(name, classes.get(name) ?? []);
      else if (kind === "class") add(classes, name, columns[0] ?? "", version);
      else clients.add(name);
    }
  }
  const written = (all: Map<string, Versioned<KafkaSetting>[]>) =>
    inOrder(
      [...all].map(([name, variants]) => [name, variants.map((each) => ({ ...each.value, ...versionsOf(each) }))]),
    );
  return {
    broker: written(settings.broker),
    topic: written(settings.topic),
    classes: inOrder(
      [...classes].map(([name, all]) => [name, all.map((each) => ({ name: each.value, ...versionsOf(each) }))]),
    ),
    clients: [...clients].filter((name) => !settings.broker.has(name)).sort(),
  };
}

const inOrder = <T>(entries: readonly [string, T][]): Record<string, T> =>
  Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));

/** One setting per line, sorted by name, so that a diff shows what a Kafka version changed. */
async function write(): Promise<void> {
  const file = join(ROOT, "components/kafka/kafka-settings.json");
  writeFileSync(file, await format(JSON.stringify(await collect()), { parser: "json", printWidth: 120 }));
}

void write();
