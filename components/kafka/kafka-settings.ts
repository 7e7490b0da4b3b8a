import data from "./kafka-settings.json";
import { nearest } from "../kubernetes/nearest";
import { exactly } from "../kubernetes/numbers";
import { refusal } from "../kubernetes/problems";
import { LISTENERS, type SettingValue } from "./settings";
import { featuresOf, type KafkaVersion } from "./versions";

/** Kafka's definition of a setting. */
export interface KafkaSetting {
  readonly type: "boolean" | "class" | "double" | "int" | "list" | "long" | "password" | "short" | "string";
  /** Smallest number allowed. */
  readonly min?: number;
  /** Largest number allowed. */
  readonly max?: number;
  /** A number that is allowed besides those from `min` to `max`. */
  readonly or?: number;
  /** Kafka's own default, if it is a number; as text where JavaScript's numbers are not exact. */
  readonly default?: number | string;
  /** The words allowed. */
  readonly values?: readonly string[];
  /** Whether words are case-insensitive. */
  readonly anyCase?: boolean;
  /** Whether a release may stand for its words: 3.0 and 3.0.1 for 3.0-IV1. */
  readonly releases?: boolean;
  /** Whether an empty text is refused. */
  readonly filled?: boolean;
  /** Whether a list with an empty word is refused. */
  readonly words?: boolean;
}

/** A definition with the versions that have it; without `versions` all have it. */
type Versioned<T> = T & { readonly versions?: readonly string[] };

/** Settings of Kafka's versions. Written by scripts/kafka-settings.ts. */
export interface SettingTable {
  /** Settings by name, in each form that some version has. */
  readonly broker: Readonly<Record<string, readonly Versioned<KafkaSetting>[]>>;
  readonly topic: Readonly<Record<string, readonly Versioned<KafkaSetting>[]>>;
  /** Kafka's own classes, by the setting that may name them. */
  readonly classes: Readonly<Record<string, readonly Versioned<{ readonly name: string }>[]>>;
  /** Settings of producers, consumers and admin clients that brokers do not have. */
  readonly clients: readonly string[];
}

/** Whether a setting belongs to brokers or to topics. */
export type Scope = "broker" | "topic";

const TABLE = data as SettingTable;

/** Settings that only clients have. */
const CLIENTS: ReadonlySet<string> = new Set(TABLE.clients);

/** Open-ended names: those that Kafka derives from a listener, or passes on to a plug-in. */
const OPEN = /^(listener\.name|rsm\.config|rlmm\.config|remote\.log\.(storage|metadata)\.)/;

/** `listener.name.<listener>.` and, for SASL, the mechanism after it: Kafka reads the rest as the setting of that name, for this listener alone. */
const LISTENER = /^listener\.name\.[^.]+\./;

/** The words for a secret among the settings. */
export const SECRET = "is a secret, which must not stand among the broker's plain settings";

/** Settings of Kafka's type password. Plug-ins read them after prefixes of their own, such as `rlmm.config.`. */
const SECRETS = Object.entries(TABLE.broker).flatMap(([name, variants]) =>
  variants.some(({ type }) => type === "password") ? [`.${name}`] : [],
);

/** Names of settings that are secrets to whoever reads them, whether Kafka knows them or not. */
const SECRET_NAME = /password|passphrase|secret|credential|jaas|private\.?key|keystore\.key/i;

/** Whether a setting's value must stay out of messages. */
export const isSecretSetting = (name: string): boolean =>
  SECRET_NAME.test(name) || SECRETS.some((secret) => `.${name}`.endsWith(secret));

/** Removes what java.lang.String.trim removes, as Kafka does with every value. */
const trim = (value: string): string => value.replaceAll(/^[\0-\u0020]+|[\0-\u0020]+$/g, "");

/**
 * The problem of a Kafka setting, or undefined. A broker setting unknown to Kafka is accepted when it resembles no known one, because plug-ins read
 * their own settings. Topics have no such settings: Kafka refuses unknown ones.
 */
export function settingProblem(
  scope: Scope,
  name: string,
  value: SettingValue,
  version: KafkaVersion,
): string | undefined {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name))
    return "is not the name of a setting: such names are made of letters, digits and . _ -";
  const known = baseName(scope, name);
  const listener = scope === "broker" ? listenerProblem(name) : undefined;
  if (listener !== undefined) return listener;
  if (known === undefined) return scope === "broker" ? unknownOfBrokers(name) : unknownOfTopics(name);
  const variants = TABLE[scope][known] ?? [];
  const setting = variants.find((variant) => has(variant, version));
  if (!setting) {
    const versions = variants.flatMap((variant) => variant.versions ?? []);
    return `is not a setting of Kafka ${version}; it is one of ${versions.join(", ")}`;
  }
  if (setting.type === "password") return SECRET;
  const text = trim(String(value));
  if (!fits(setting, text)) return refusal(value, allowedValues(setting, text));
  return TABLE.classes[known] && classProblem(known, setting.type === "list" ? wordsOf(text) : [text], version);
}

/** Kafka's own numeric default of a broker setting; undefined when it has none, or the version does not have the setting. */
export function defaultOf(name: string, version: KafkaVersion): number | undefined {
  const setting = TABLE.broker[name]?.find((variant) => has(variant, version));
  return setting?.default === undefined ? undefined : Number(setting.default);
}

const has = ({ versions }: Versioned<object>, version: string): boolean => versions?.includes(version) ?? true;

/** A setting's name in the table; a listener's own setting is there without the listener. */
function baseName(scope: Scope, name: string): string | undefined {
  if (Object.hasOwn(TABLE[scope], name)) return name;
  if (scope === "topic" || !LISTENER.test(name)) return undefined;
  const rest = name.replace(LISTENER, "");
  // The mechanism follows the listener, and its name has no dots.
  return [rest, rest.replace(/^[^.]+\./, "")].find((each) => Object.hasOwn(TABLE.broker, each));
}

/** Kafka looks for a listener's settings under its name in lower case, and for no others. */
function listenerProblem(name: string): string | undefined {
  if (!name.startsWith("listener.name.")) return undefined;
  const [, listener = "", rest = ""] = /^listener\.name\.([^.]*)\.?(.*)$/.exec(name) ?? [];
  const known = LISTENERS.map((each) => each.toLowerCase());
  if (rest === "") return "is not a listener's setting: such names are listener.name.<listener>.<setting>";
  if (known.includes(listener)) return undefined;
  return `is of the listener ${listener}, which brokers do not have; listeners are ${known.join(", ")}`;
}

function unknownOfBrokers(name: string): string | undefined {
  if (SECRETS.some((secret) => name.endsWith(secret))) return SECRET;
  if (Object.hasOwn(TABLE.topic, name)) return "is a topic setting, not a broker setting";
  if (CLIENTS.has(name)) return "is a setting of clients, not a broker setting: brokers never read it";
  return OPEN.test(name) ? undefined : meant("broker", name);
}

function unknownOfTopics(name: string): string {
  if (Object.hasOwn(TABLE.broker, name)) return "is a broker setting, not a topic setting";
  return meant("topic", name) ?? "is not a topic setting, and Kafka accepts no others for a topic";
}

function meant(scope: Scope, name: string): string | undefined {
  const near = nearest(name, Object.keys(TABLE[scope]), Math.min(3, Math.floor(name.length / 6)));
  return near === undefined ? undefined : `is unknown to Kafka; did you mean ${near}?`;
}

/** Assignors that Kafka has under short names, since 4.0. */
const ASSIGNORS: Readonly<Record<string, readonly string[]>> = {
  "group.consumer.assignors": ["uniform", "range"],
  "group.share.assignors": ["simple"],
};

/** Kafka's own classes must exist in the version that runs; other classes belong to plug-ins, about which nothing is known here. */
function classProblem(setting: string, names: readonly string[], version: KafkaVersion): string | undefined {
  const known = TABLE.classes[setting] ?? [];
  const short = ASSIGNORS[setting];
  const own = [
    ...(short !== undefined && featuresOf(version).namedAssignors ? short : []),
    ...known.filter((each) => has(each, version)).map(({ name }) => name),
  ];
  const isOwn = (name: string) => /^(org\.apache\.)?kafka\./.test(name) || (short !== undefined && !name.includes("."));
  const wrong = names.find((name) => isOwn(name) && !own.includes(name));
  if (wrong === undefined) return undefined;
  const allowed = own.length === 0 ? "a class of a plug-in" : `one of ${own.join(", ")}, or a class of a plug-in`;
  return `names ${wrong}, which Kafka ${version} does not have for it; allowed is ${allowed}`;
}

const WHOLE: Readonly<Record<string, bigint>> = { short: 2n ** 15n, int: 2n ** 31n, long: 2n ** 63n };

function fits(setting: KafkaSetting, text: string): boolean {
  const limit = WHOLE[setting.type];
  if (limit !== undefined) {
    // As java.lang.Long.parseLong reads it: no exponent, no fraction.
    if (!/^[+-]?\d+$/.test(text)) return false;
    const number = BigInt(text.replace(/^\+/, ""));
    return number >= -limit && number < limit && within(setting, Number(number));
  }
  switch (setting.type) {
    case "double":
      return exactly(text) !== undefined && Number.isFinite(Number(text)) && within(setting, Number(text));
    case "boolean":
      return /^(true|false)$/i.test(text);
    case "class":
      return /^[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*$/.test(text);
    case "list":
      return fitsList(setting, text);
    default:
      return !(setting.filled && text === "") && isWord(setting, text);
  }
}

const within = ({ min = -Infinity, max = Infinity, or }: KafkaSetting, number: number): boolean =>
  (number >= min && number <= max) || number === or;

/** The words of a list as Kafka splits it; an empty text has none. */
const wordsOf = (text: string): string[] => (text === "" ? [] : text.split(/\s*,\s*/));

function fitsList(setting: KafkaSetting, text: string): boolean {
  if (text === "") return !setting.filled;
  return wordsOf(text).every((word) => !(setting.words && word === "") && isWord(setting, word));
}

function isWord({ values, anyCase, releases }: KafkaSetting, word: string): boolean {
  if (!values || values.includes(word)) return true;
  if (releases) return values.some((value) => value.replace(/-IV\d+$/, "") === releaseOf(word));
  return anyCase === true && values.some((value) => value.toLowerCase() === word.toLowerCase());
}

/** The part of a version that Kafka reads: three numbers of old ones, two since. */
const releaseOf = (version: string): string =>
  version
    .split(".")
    .slice(0, version.startsWith("0.") ? 3 : 2)
    .join(".");

const KINDS: Readonly<Record<string, string>> = {
  boolean: "true or false",
  class: "the name of a class",
  double: "a number",
};

function allowedValues({ type, min, max, or, values }: KafkaSetting, text: string): string {
  if (values) return `${type === "list" ? "a comma list of" : "one of"} ${values.join(", ")}`;
  if (type === "list") return "a comma list without empty words";
  if (type === "string") return "text that is not empty";
  if (!(type in WHOLE) && type !== "double") return KINDS[type] ?? type;
  const number = type === "double" ? "a number" : "a whole number";
  const from =
    max !== undefined
      ? ` from ${min ?? ""} to ${max}`
      : min !== undefined
        ? `, at least ${min}`
        : ` that fits into ${type}`;
  const beside = or === undefined ? "" : `, or ${or}`;
  const meant = exactly(text);
  const whole =
    meant !== undefined && type in WHOLE && /^-?\d+$/.test(meant) && meant !== text ? `: write ${meant}` : "";
  return `${number}${type === "double" && min === undefined ? "" : from}${beside}${whole}`;
}
