import { idleKeys } from "./idle-keys";
import { describe, prune } from "./issues";
import { formatPath, type Path, type Problem } from "./problems";
import { type PlainConfig, resolve } from "./resolve";
import { check } from "./rules";
import { type Written, stackSchema, withStorageTypes } from "./schema";

/** A valid config with what to warn of, or all problems of one that is not. */
export type ParseResult = { ok: true; config: PlainConfig; warnings: Problem[] } | { ok: false; problems: Problem[] };

/**
 * Checks a stack config and fills in its defaults. Needs no Pulumi: keys are without the project's name.
 *
 * It removes keys that are wrong by themselves before it checks the rules between keys, so that all problems come at once.
 */
export function parseConfig(raw: Readonly<Record<string, unknown>>): ParseResult {
  const special: Problem[] = [];
  const typed = withStorageTypes(withoutSpecial(raw, [], special) as Record<string, unknown>);
  const parsed = stackSchema.safeParse(typed);
  const problems = special.concat(parsed.success ? [] : parsed.error.issues.flatMap((issue) => describe(issue, typed)));
  const { written, left } = parsed.success ? { written: parsed.data, left: [] } : parseRest(typed);
  const config = resolve(written);
  problems.push(...check({ raw: typed, written, config, left }));
  if (problems.length > 0) return { ok: false, problems: unique(problems) };
  return { ok: true, config, warnings: idleKeys(typed, config) };
}

/** A copy without keys that JavaScript takes for an object's prototype, which schemas pass over. */
function withoutSpecial(value: unknown, path: Path, problems: Problem[]): unknown {
  if (Array.isArray(value)) return value.map((one, index) => withoutSpecial(one, [...path, index], problems));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => {
      const at = [...path, key];
      if (key !== "__proto__") return [[key, withoutSpecial(one, at, problems)]];
      problems.push({ path: formatPath(at), message: "is unknown: this is not the name of anything" });
      return [];
    }),
  );
}

/** Parses the config without the wrong keys. */
function parseRest(raw: unknown): { written: Written; left: Path[] } {
  const left: Path[] = [];
  let rest = raw;
  for (;;) {
    const parsed = stackSchema.safeParse(rest);
    if (parsed.success) return { written: parsed.data, left };
    rest = prune(rest, parsed.error.issues, left);
  }
}

/** One value can violate several checks of its schema with the same text. */
const unique = (problems: readonly Problem[]): Problem[] => [
  ...new Map(problems.map((problem) => [`${problem.path} ${problem.message}`, problem])).values(),
];
