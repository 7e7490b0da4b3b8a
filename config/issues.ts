import type { z } from "zod";
import { type Path, type Problem, formatPath, refusal, show, valueAt } from "./problems";
import { stackSchema } from "./schema";
import type { Scope } from "../components/kafka/kafka-settings";
import { valuelessProblem } from "../components/kafka/setting-refusals";
import { nearest } from "../components/kubernetes/nearest";
import { hasSecrets, metaOf, paths, schemaAt, shapeOf, variantName, variantOf, variants } from "./walk";

type Issue = z.core.$ZodIssue;

const pathOf = (issue: Issue): Path => issue.path.map((key) => (typeof key === "symbol" ? String(key) : key));

/** Words the schema's issues for the author of the config. */
export function describe(issue: Issue, raw: unknown): Problem[] {
  const path = pathOf(issue);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: formatPath([...path, key]), message: unknownKey(path, key, raw) }));
  }
  const value = valueAt(raw, path);
  if (value === undefined) return [{ path: formatPath(path), message: `is missing; allowed is ${issue.message}` }];
  const setting = settingAt(path);
  const told = setting && valuelessProblem(setting.scope, setting.name);
  return [{ path: formatPath(path), message: told ?? refusal(shown(path, value, raw), allowed(issue, path, raw)) }];
}

/** What is allowed. Of values with a `type`, the words for it say only that. */
function allowed(issue: Issue, path: Path, raw: unknown): string {
  const schema = schemaAt(stackSchema, path, raw);
  return schema !== undefined && variants(schema).length > 1 ? `a map whose type is ${issue.message}` : issue.message;
}

/** The value, or words for it where it is secret, or a text that stands in the place of a map with secrets. */
function shown(path: Path, value: unknown, raw: unknown): unknown {
  const schema = schemaAt(stackSchema, path, raw);
  if (schema === undefined || !hasSecrets(schema)) return value;
  if (metaOf(schema).secret) return "the secret";
  return typeof value === "string" ? "text" : value;
}

/** The Kafka setting at a path; undefined when it is no setting's. */
function settingAt(path: Path): { readonly scope: Scope; readonly name: string } | undefined {
  const name = String(path.at(-1));
  const parent = path.slice(0, -1).map((key) => (typeof key === "number" ? "*" : key));
  if (parent.join(".") === "kafka.config") return { scope: "broker", name };
  return parent.join(".") === "topics.*.config" ? { scope: "topic", name } : undefined;
}

function unknownKey(parent: Path, key: string, raw: unknown): string {
  const object = valueAt(raw, parent);
  const schema = variantOf(schemaAt(stackSchema, parent, raw) ?? stackSchema, object);
  const known = Object.keys(shapeOf(schema));
  const everywhere = paths(stackSchema);
  const type = variantName(schema);
  if (type !== undefined && everywhere.some((path) => formatPath(path) === formatPath([...parent, key]))) {
    return `belongs to another storage type; ${type} has ${known.join(", ")}`;
  }
  const near = nearest(key, known);
  if (near !== undefined) return `is unknown; did you mean ${formatPath([...parent, near])}?`;
  const elsewhere = everywhere
    .filter((path) => path.at(-1) === key)
    .sort((one, other) => shared(other, parent) - shared(one, parent))[0];
  if (elsewhere) return `is unknown; did you mean ${formatPath(elsewhere)}?`;
  return `is unknown; known are ${known.map(show).join(", ")}`;
}

/** How many keys two paths have in common from the beginning: a key belongs near the place where it was written. */
function shared(one: Path, other: Path): number {
  const first = one.findIndex((key, index) => key !== other[index]);
  return first < 0 ? one.length : first;
}

/**
 * Copies a config without the keys that have issues, and adds these keys to `left`. A required key takes its object with it, and a list entry takes
 * its list, because the other entries would change their numbers.
 */
export function prune(raw: unknown, issues: readonly Issue[], left: Path[]): unknown {
  const copy = structuredClone(raw);
  for (const issue of issues) {
    const path = pathOf(issue);
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) remove(copy, [...path, key]);
      continue;
    }
    const there = longestIn(copy, path);
    remove(copy, there);
    left.push(there);
  }
  return copy;
}

/** The longest prefix of a path that exists in a config. */
function longestIn(config: unknown, path: Path): Path {
  let there = path;
  while (there.length > 1 && valueAt(config, there) === undefined) there = there.slice(0, -1);
  return there;
}

function remove(config: unknown, path: Path): void {
  const parent = valueAt(config, path.slice(0, -1));
  const key = path.at(-1);
  if (typeof parent === "object" && parent !== null && key !== undefined) Reflect.deleteProperty(parent, key);
}
