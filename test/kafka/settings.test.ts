import assert from "node:assert/strict";
import * as fc from "fast-check";
import { serverProperties } from "../../components/kafka/settings";
import { KAFKA_VERSIONS, type KafkaVersion, type Mode } from "../../config/kafka";
import table from "../../components/kafka/kafka-settings.json";
import type { KafkaSetting, Scope, SettingTable } from "../../components/kafka/kafka-settings";
import { whyIdle } from "../../components/kafka/idle-settings";
import { ownedSettings } from "../../components/kafka/owned-settings";
import { parseConfig } from "../../config/parse";
import { askKafka } from "../../scripts/kafka";

/** Settings, and whether the config accepts them. */
interface Case {
  readonly scope: Scope;
  readonly settings: Readonly<Record<string, string>>;
  /** The settings that brokers or the topic get; the written ones, when those are refused. */
  readonly given: Readonly<Record<string, unknown>>;
  /** Why the config refuses them. */
  readonly refused: string | undefined;
}

const TABLE = table as unknown as SettingTable;

/**
 * What the config deliberately refuses although Kafka accepts it: replication factors must fit the number of brokers, and leave one free to restart.
 */
const STRICTER = /replication\.factor$|min\.isr$|^min\.insync\.replicas$/;

const NUMBERS =
  "0 1 -1 -2 2 3 5 10 17 18 22 23 99 100 500 501 1000 10000 30000 45000 65536 1048575 1048576 3600000 3600001 8388608 2147483647 2147483648 -2147483648 -2147483649 32767 32768 9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809";
const WORDS =
  "3.0 3.0.1 3.0-IV1 3.0-IV7 2.8.x 0.10.2 0.10.2.1 9.9 x CreateTime createtime LogAppendTime gzip GZIP zstd none required requested DISABLED upgrade ES256 es256 TLSv1.3 PLAIN";
const LISTS =
  "x|x,x|x,,y|,|compact|delete|compact,delete|delete, compact|compact,compact|Compact|classic,consumer|classic|streams|consumer , share|uniform|range,uniform|localhost:5|a:5,b:6|a:x";

/** An authorizer for the other mode's metadata, which Kafka finds out only when it starts. */
const OTHER_MODE: Readonly<Record<Mode, string>> = {
  kraft: "kafka.security.authorizer.AclAuthorizer",
  zookeeper: "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
};

/** A refusal that no parser could agree to: it does not know how large the heap is. */
const NOT_PARSED = /a broker allocates it when it starts/;

/** Texts that a user may write for a setting, right and wrong ones. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  whole: [
    ...NUMBERS.split(" "),
    "1.5",
    "0.5",
    "1e3",
    "2.097152e+07",
    "+7",
    "007",
    " 8 ",
    "",
    "x",
    "true",
    "0x10",
    "1_000",
    "5L",
    "--1",
  ],
  double: [
    ..."0 1 0.5 0.51 -0.1 1.1 1e308 1.7976931348623157E308 1.024E8 102400000 .5 5. +0.5 x 1,5 1e 0x1".split(" "),
    "",
    " 0.5 ",
  ],
  boolean: ["true", "false", "TRUE", "False", " true ", "yes", "1", "", "on", "truee"],
  string: [...WORDS.split(" "), "", ...LISTS.split("|")],
  list: [...LISTS.split("|"), "", ...WORDS.split(" ")],
  class: [
    "",
    "a b",
    "a..b",
    "1",
    ...new Set(Object.values(TABLE.classes).flatMap((known) => known.map(({ name }) => name))),
  ],
};
const WHOLE = ["int", "long", "short"];

const definition = (scope: Scope, name: string, version: KafkaVersion): KafkaSetting | undefined =>
  TABLE[scope][name]?.find(({ versions }) => versions?.includes(version) ?? true);

/**
 * The tested names: all but those that the stack owns, secrets, which are always refused, and those that Kafka accepts and never reads in a mode,
 * because whoever writes one relies on it.
 */
const names = (mode: Mode, scope: Scope, version: KafkaVersion): string[] =>
  Object.keys(TABLE[scope]).filter(
    (name) =>
      !Object.hasOwn(ownedSettings[scope], name) &&
      !STRICTER.test(name) &&
      (scope === "topic" || whyIdle(name, { mode, external: true }) === undefined) &&
      (definition(scope, name, version)?.type ?? "password") !== "password",
  );

function valuesOf(scope: Scope, name: string, version: KafkaVersion): readonly string[] {
  const type = definition(scope, name, version)?.type ?? "";
  // A class of another package is a plug-in's: the config accepts it, but it is not on this class path.
  const classes = Object.hasOwn(TABLE.classes, name) && type !== "class" ? (VALUES["class"] ?? []).slice(4) : [];
  return [...(VALUES[WHOLE.includes(type) ? "whole" : type] ?? []), ...classes].filter(
    (value) => !name.endsWith(".assignors") || !value.includes(".") || value.includes("kafka."),
  );
}

function judge(mode: Mode, version: KafkaVersion, scope: Scope, settings: Readonly<Record<string, string>>): Case {
  const topics = [{ name: "chatroom", config: scope === "topic" ? settings : {} }];
  const config = scope === "broker" ? settings : {};
  const result = parseConfig({ mode, kafka: { version, config }, topics });
  if (result.ok) {
    const given = scope === "broker" ? result.config.kafka.config : (result.config.topics[0]?.config ?? {});
    return { scope, settings, given, refused: undefined };
  }
  const refused = result.problems.map(({ path, message }) => `${path}: ${message}`).join("; ");
  return { scope, settings, given: settings, refused };
}

/** Every setting with every value that fits its type, and some that do not. */
const alone = (mode: Mode, version: KafkaVersion): Case[] =>
  (["broker", "topic"] as const).flatMap((scope) =>
    names(mode, scope, version).flatMap((name) =>
      valuesOf(scope, name, version).map((value) => judge(mode, version, scope, { [name]: value })),
    ),
  );

/** Several settings at once, mostly valid numbers, to exercise Kafka's checks between settings. */
function several(mode: Mode, version: KafkaVersion): Case[] {
  const related = names(mode, "broker", version).filter((name) =>
    /^group\.|^log\.cleaner|^log\.(roll|retention)|^replica\.|^connections?\.|^max\.conn|^queued|^socket|acks$/.test(
      name,
    ),
  );
  const some = (scope: Scope, of: readonly string[]) =>
    fc
      .uniqueArray(fc.constantFrom(...of), { minLength: 2, maxLength: 4 })
      .chain((chosen) =>
        fc.record(
          Object.fromEntries(
            chosen.map((name) => [
              name,
              fc.oneof(
                { weight: 5, arbitrary: rightFor(scope, name, version) },
                fc.constantFrom(...valuesOf(scope, name, version)),
              ),
            ]),
          ),
        ),
      )
      .map((settings) => judge(mode, version, scope, settings as Record<string, string>));
  const near = related.map((name) => name.replace(/\.(min|max)\./, "."));
  const family = fc
    .constantFrom(...new Set(near))
    .map((base) => related.filter((name) => name.replace(/\.(min|max)\./, ".") === base))
    .filter((members) => members.length > 1)
    .chain((members) =>
      fc.record(Object.fromEntries(members.map((name) => [name, rightFor("broker", name, version)])), {
        requiredKeys: [],
      }),
    )
    .map((settings) => judge(mode, version, "broker", settings as Record<string, string>));
  const sample = <T>(of: fc.Arbitrary<T>, count: number, seed: number) => fc.sample(of, { numRuns: count, seed });
  return [
    ...sample(some("broker", names(mode, "broker", version)), 800, 1),
    ...sample(some("broker", related), 800, 2),
    ...sample(family, 1_000, 3),
    ...sample(some("topic", names(mode, "topic", version)), 500, 4),
  ];
}

/** A valid value near the bounds that settings have in common. */
function rightFor(scope: Scope, name: string, version: KafkaVersion): fc.Arbitrary<string> {
  const { type, min = 0, max = 2 ** 31 - 1, values } = definition(scope, name, version) ?? { type: "string" };
  if (WHOLE.includes(type)) {
    const top = Math.min(max, type === "short" ? 32_767 : max);
    return fc.oneof(fc.integer({ min, max: top }), fc.integer({ min, max: Math.min(top, min + 100_000) })).map(String);
  }
  if (type === "boolean") return fc.constantFrom("true", "false");
  return values === undefined ? fc.constantFrom(...valuesOf(scope, name, version)) : fc.constantFrom(...values);
}

const base64 = (text: string): string => Buffer.from(text, "latin1").toString("base64");

/** The files of all kinds of servers in a stack: the common part, with the entrypoint's additions. */
function servers(mode: Mode, version: KafkaVersion): string[] {
  const result = parseConfig({ mode, kafka: { version } });
  assert.ok(result.ok);
  const metadata = mode === "kraft" ? ({ mode } as const) : ({ mode, connect: "zookeeper:2181" } as const);
  const { text } = serverProperties(metadata, result.config.kafka.config);
  const server = (lines: readonly string[]) => `${text}log.dirs=/var/lib/kafka\n${lines.join("\n")}\n`;
  if (mode === "zookeeper") return [server(["broker.id=0", "listeners=CLIENT://:9092,INTERNAL://:9095"])];
  const kraft = ["node.id=0", "controller.quorum.bootstrap.servers=controller-0:9093"];
  const listeners = ["CLIENT://:9092", "INTERNAL://:9095"];
  return [
    server([...kraft, "process.roles=broker", `listeners=${listeners.join(",")}`]),
    server([
      ...kraft,
      "process.roles=broker,controller",
      `listeners=${[...listeners, "CONTROLLER://:9093"].join(",")}`,
    ]),
    server([...kraft, "process.roles=controller", "listeners=CONTROLLER://:9093"]),
  ];
}

/** The settings as lines of a file, escaped by the program's own rules. */
const fileOf = (settings: Readonly<Record<string, unknown>>): string =>
  serverProperties({ mode: "zookeeper", connect: "" }, settings as Record<string, string>)
    .text.split("\n")
    .filter(
      (line) => !/^(zookeeper\.connect|inter\.broker\.listener\.name|listener\.security\.protocol\.map)=/.test(line),
    )
    .join("\n");

async function disagreements(mode: Mode, version: KafkaVersion, cases: readonly Case[]): Promise<string[]> {
  const input = [
    ...servers(mode, version).map((text) => `server\t${base64(text)}`),
    ...cases.map(({ scope, given }) => `${scope}\t${base64(fileOf(given))}`),
  ];
  const answers = await askKafka(version, "Judge", `${input.join("\n")}\n`);
  assert.equal(answers.length, cases.length, "Kafka did not judge every case");
  return cases.flatMap(({ scope, settings, refused }, index) => {
    const [verdict, why = ""] = answers[index] ?? [];
    return (verdict === "ok") === (refused === undefined)
      ? []
      : [`${scope} ${JSON.stringify(settings)}: Kafka: ${verdict ?? ""} ${why}; the config: ${refused ?? "ok"}`];
  });
}

describe("settings of Kafka", function () {
  // Each is one JVM for all its cases; on a busy machine it may take long.
  this.timeout(10 * 60_000);

  const runs = (Object.entries(KAFKA_VERSIONS) as [Mode, readonly KafkaVersion[]][]).flatMap(([mode, versions]) =>
    versions.map((version) => ({ mode, version })),
  );
  for (const { mode, version } of runs) {
    it(`are accepted and refused by the config as by Kafka ${version} in mode ${mode}`, async () => {
      const cases = [...alone(mode, version), ...several(mode, version)].filter(
        ({ settings, refused }) =>
          settings["authorizer.class.name"] !== OTHER_MODE[mode] && !NOT_PARSED.test(refused ?? ""),
      );
      const accepted = cases.filter(({ refused }) => refused === undefined).length;
      assert.ok(accepted > 4_000 && cases.length - accepted > 4_000, `${accepted} of ${cases.length} were accepted`);
      const found = await disagreements(mode, version, cases);
      const shown = found.slice(0, 20).join("\n");
      assert.equal(found.length, 0, `${found.length} of ${cases.length} are judged otherwise:\n${shown}`);
    });
  }
});
