import data from "./kafka-settings.json";
import type { SettingValue } from "./kafka";
import { refusal } from "./problems";
import { nearest } from "./spelling";

/** A setting as Kafka defines it. */
export interface KafkaSetting {
  readonly type: "boolean" | "class" | "double" | "int" | "list" | "long" | "password" | "short" | "string";
  /** Smallest number allowed. */
  readonly min?: number;
  /** Largest number allowed. */
  readonly max?: number;
  /** The words allowed. */
  readonly values?: readonly string[];
  /** The versions that have it, when not all do. */
  readonly versions?: readonly string[];
}

/** All settings of brokers and topics, by name. Written by scripts/kafka-settings.ts. */
export type KafkaSettings = Record<"broker" | "topic", Record<string, KafkaSetting>>;

const SETTINGS = data as KafkaSettings;

const WHOLE: Readonly<Record<string, number>> = { short: 2 ** 15, int: 2 ** 31, long: 2 ** 63 };

/** Settings that name a listener or a plugin of the user's are open-ended. */
const OPEN = /^(listener\.name|rsm\.config|rlmm\.config|remote\.log\.(storage|metadata)\.)/;

/**
 * What speaks against a Kafka setting, or undefined when nothing does. A name that Kafka does not know passes when it resembles none that it knows: plugins
 * read settings of their own.
 */
export function settingProblem(
  scope: keyof KafkaSettings,
  name: string,
  value: SettingValue,
  version: string,
): string | undefined {
  const setting = lookUp(scope, name);
  if (!setting) return OPEN.test(name) ? undefined : unknownSetting(scope, name);
  if (setting.type === "password") return "is a secret, which must not stand among the broker's plain settings";
  if (setting.versions && !setting.versions.includes(version)) {
    return `is not a setting of Kafka ${version}; it is one of ${setting.versions.join(", ")}`;
  }
  return fits(setting, String(value)) ? undefined : refusal(value, allowedValues(setting));
}

const lookUp = (scope: keyof KafkaSettings, name: string): KafkaSetting | undefined =>
  Object.hasOwn(SETTINGS[scope], name) ? SETTINGS[scope][name] : undefined;

function unknownSetting(scope: keyof KafkaSettings, name: string): string | undefined {
  const other = scope === "broker" ? "topic" : "broker";
  if (lookUp(other, name)) return `is a ${other} setting, not a ${scope} setting`;
  const near = nearest(name, Object.keys(SETTINGS[scope]), Math.min(3, Math.floor(name.length / 6)));
  return near === undefined ? undefined : `is unknown to Kafka; did you mean ${near}?`;
}

function fits({ type, min = -Infinity, max = Infinity, values }: KafkaSetting, value: string): boolean {
  const limit = WHOLE[type];
  if (limit !== undefined || type === "double") {
    const number = Number(value);
    const whole = limit === undefined || (Number.isInteger(number) && number >= -limit && number < limit);
    return value.trim() !== "" && Number.isFinite(number) && whole && number >= min && number <= max;
  }
  if (type === "boolean") return value === "true" || value === "false";
  if (!values) return true;
  return (type === "list" ? value.split(",") : [value]).every((word) => values.includes(word.trim()));
}

function allowedValues({ type, min, max, values }: KafkaSetting): string {
  if (type === "boolean") return "true or false";
  if (values) return `${type === "list" ? "a comma list of" : "one of"} ${values.join(", ")}`;
  const number = type === "double" ? "a number" : "a whole number";
  if (min !== undefined && max !== undefined) return `${number} from ${min} to ${max}`;
  return min === undefined ? number : `${number}, at least ${min}`;
}
