/**
 * Writes config/kafka-settings.json: names, types and bounds of the settings of every Kafka version that a stack may run, asked of Kafka's own jars.
 * Needs Maven and a JDK; run it (`npm run docs:kafka-settings`) when a version is added.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { format } from "prettier";
import { KAFKA_VERSIONS } from "../config/kafka";
import type { KafkaSetting, KafkaSettings } from "../config/kafka-settings";

const ROOT = resolve(__dirname, "..");
const VERSIONS: readonly string[] = [...KAFKA_VERSIONS.kraft].reverse();

/** What the jars of one version say: lines of scope, name, type and validator. */
function ask(version: string): string[][] {
  const work = mkdtempSync(join(tmpdir(), "kafka-settings-"));
  try {
    cpSync(join(ROOT, "images/kafka/pom.xml"), join(work, "pom.xml"));
    const profile = `kafka-${version.split(".")[0] ?? ""}`;
    const maven = ["-q", "-B", "-P", profile, `-Dkafka.version=${version}`, `-DoutputDirectory=${join(work, "libs")}`];
    execFileSync("mvn", [...maven, "dependency:copy-dependencies"], { cwd: work, stdio: "inherit" });
    const java = ["-cp", join(work, "libs", "*"), join(ROOT, "scripts/KafkaSettings.java")];
    const output = execFileSync("java", java, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return output
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\t"));
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Bounds and choices out of a validator's text: `[1,...]`, `[0,...,1]`, `[compact, delete]`. */
function bounds(type: string, validator: string): Partial<KafkaSetting> {
  const range = /^\[(-?[\d.]+),\.\.\.(?:,(-?[\d.]+))?\]$/.exec(validator);
  if (range) return { min: Number(range[1]), ...(range[2] !== undefined && { max: Number(range[2]) }) };
  const choices = type === "string" || type === "list" ? /^\[(\w+(?:, \w+)*)\]$/.exec(validator) : null;
  return choices?.[1] === undefined ? {} : { values: choices[1].split(", ") };
}

/** Later versions overwrite earlier ones: where bounds differ, the newest version's stand. */
function collect(): KafkaSettings {
  const settings: KafkaSettings = { broker: {}, topic: {} };
  const seen = new Map<string, string[]>();
  for (const version of VERSIONS) {
    for (const [scope = "", name = "", type = "", validator = ""] of ask(version)) {
      const versions = [...(seen.get(`${scope} ${name}`) ?? []), version];
      seen.set(`${scope} ${name}`, versions);
      settings[scope as keyof KafkaSettings][name] = {
        type: type as KafkaSetting["type"],
        ...bounds(type, validator),
        ...(versions.length < VERSIONS.length && { versions }),
      };
    }
  }
  return settings;
}

/** One setting a line, in the order of their names, so that a diff shows what a Kafka version changed. */
async function write(): Promise<void> {
  const scopes = Object.entries(collect()).map(([scope, settings]) => {
    const lines = Object.entries(settings)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, setting]) => `${JSON.stringify(name)}: ${JSON.stringify(setting)}`);
    return `${JSON.stringify(scope)}: {\n${lines.join(",\n")}\n}`;
  });
  const file = join(ROOT, "config/kafka-settings.json");
  writeFileSync(file, await format(`{\n${scopes.join(",\n")}\n}`, { parser: "json", printWidth: 120 }));
}

void write();
