import type { PolicyConfigSchema } from "@pulumi/policy";
import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";

import { QUANTITY_PATTERN } from "../kubernetes-facts";

/** One setting of a policy: its JSON schema with a default, and by `T` its type. */
export interface Setting<T> {
  readonly schema: PolicyConfigJSONSchema;
  readonly default: T;
}

/** The settings of a policy by name. */
export type Settings = Record<string, Setting<unknown>>;

/** The values of settings, by name. */
export type ValuesOf<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/** A whole number from `minimum` up to `maximum`. */
export function integer(value: number, description: string, minimum: number, maximum?: number): Setting<number> {
  const bounds = maximum === undefined ? { minimum } : { minimum, maximum };
  return { schema: { type: "integer", description, default: value, ...bounds }, default: value };
}

/** A Kubernetes quantity, such as `500m` or `2Gi`. */
export function quantity(value: string, description: string): Setting<string> {
  return { schema: { type: "string", description, default: value, pattern: QUANTITY_PATTERN }, default: value };
}

/** A string; empty stands for none. */
export function text(value: string, description: string): Setting<string> {
  return { schema: { type: "string", description, default: value }, default: value };
}

/** A list of strings. */
export function list(value: readonly string[], description: string): Setting<readonly string[]> {
  return {
    schema: { type: "array", items: { type: "string" }, description, default: [...value] },
    default: value,
  };
}

/** The settings as the schema that an engine checks a pack's config with. */
export function configSchema(settings: Settings): PolicyConfigSchema {
  return { properties: Object.fromEntries(Object.entries(settings).map(([name, { schema }]) => [name, schema])) };
}

/** The configured values, with defaults for those that are not configured. */
export function configured<S extends Settings>(settings: S, config: Record<string, unknown>): ValuesOf<S> {
  const values = Object.entries(settings).map(([name, setting]) => [name, config[name] ?? setting.default]);
  // The engine checked the config against the schema that the types come from.
  return Object.fromEntries(values) as ValuesOf<S>;
}
