/** The config of a policy pack: the JSON that `pulumi preview --policy-pack-config` takes. */
import * as fs from "node:fs";
import * as analyzer from "@pulumi/pulumi/proto/analyzer_pb";
import { fromStruct, isObject, toStruct, type PropertyMap, type Value } from "./values";

const LEVELS: Readonly<Record<string, analyzer.EnforcementLevel>> = {
  advisory: analyzer.EnforcementLevel.ADVISORY,
  mandatory: analyzer.EnforcementLevel.MANDATORY,
  disabled: analyzer.EnforcementLevel.DISABLED,
  remediate: analyzer.EnforcementLevel.REMEDIATE,
};

/** The protocol's number of an enforcement level. @throws when there is no such level */
export function levelNumber(level: string): analyzer.EnforcementLevel {
  const number = LEVELS[level];
  if (number === undefined) {
    throw new Error(`"${level}" is not an enforcement level (one of ${Object.keys(LEVELS).join(", ")})`);
  }
  return number;
}

/** One policy's settings in a config file. */
export interface PolicySetting {
  readonly level?: analyzer.EnforcementLevel;
  readonly properties: PropertyMap;
}

/**
 * Reads a config file: for each policy (or `all`) a level, or an object with `enforcementLevel` and properties.
 *
 * @throws when the file does not have that form
 */
export function readPolicyConfig(file: string): Record<string, PolicySetting> {
  const settings: Record<string, PolicySetting> = {};
  let document: unknown;
  try {
    const text = fs.readFileSync(file, "utf8");
    document = text.trim() === "" ? {} : JSON.parse(text);
  } catch (error) {
    throw new Error(`the policy config ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  if (!isObject(document)) {
    throw new Error(`the policy config ${file} is not a JSON object`);
  }
  for (const [policy, setting] of Object.entries(document)) {
    try {
      settings[policy] = readSetting(setting);
    } catch (error) {
      throw new Error(`${policy} in ${file}: ${(error as Error).message}`, { cause: error });
    }
  }
  return settings;
}

function readSetting(setting: Value): PolicySetting {
  if (typeof setting === "string") {
    return { level: levelNumber(setting), properties: {} };
  }
  if (!isObject(setting)) {
    throw new Error("must be an enforcement level or an object");
  }
  const { enforcementLevel, ...properties } = setting;
  return {
    properties,
    ...(enforcementLevel !== undefined && {
      level: levelNumber(typeof enforcementLevel === "string" ? enforcementLevel : JSON.stringify(enforcementLevel)),
    }),
  };
}

/**
 * A pack's config: the pack's defaults, overridden by its program, overridden by the file.
 *
 * @throws when a required property of a policy is missing
 */
export function policyConfig(
  info: analyzer.AnalyzerInfo,
  given: Readonly<Record<string, PolicySetting>>,
  warn: (line: string) => void,
): analyzer.ConfigureAnalyzerRequest {
  const policies = info.getPoliciesList();
  const names = new Set(policies.map((policy) => policy.getName()));
  for (const name of Object.keys(given).filter((one) => one !== "all" && !names.has(one))) {
    warn(`warning: the policy pack ${info.getName()} has no policy ${name}, which its config names`);
  }
  const request = new analyzer.ConfigureAnalyzerRequest();
  for (const policy of policies) {
    const name = policy.getName();
    const own = info.getInitialconfigMap().get(name);
    const ownAll = info.getInitialconfigMap().get("all");
    const level =
      given[name]?.level ??
      given["all"]?.level ??
      own?.getEnforcementlevel() ??
      ownAll?.getEnforcementlevel() ??
      policy.getEnforcementlevel();
    const properties = {
      ...defaultsOf(policy),
      ...fromStruct(own?.getProperties()),
      ...given[name]?.properties,
    };
    const missing = (policy.getConfigschema()?.getRequiredList() ?? []).filter((key) => properties[key] === undefined);
    if (missing.length > 0) {
      throw new Error(`its policy ${name} needs the config ${missing.join(", ")}`);
    }
    const config = new analyzer.PolicyConfig();
    config.setEnforcementlevel(level);
    config.setProperties(toStruct(properties));
    request.getPolicyconfigMap().set(name, config);
  }
  return request;
}

function defaultsOf(policy: analyzer.PolicyInfo): PropertyMap {
  const defaults: PropertyMap = {};
  for (const [key, schema] of Object.entries(fromStruct(policy.getConfigschema()?.getProperties()))) {
    if (isObject(schema) && schema["default"] !== undefined) {
      defaults[key] = schema["default"];
    }
  }
  return defaults;
}
