import { describe, prune } from "./issues";
import type { Path, Problem } from "./problems";
import { type PlainConfig, resolve } from "./resolve";
import { check } from "./rules";
import { type Written, stackSchema, withStorageTypes } from "./schema";

/** A valid config, or all of its problems. */
export type ParseResult = { ok: true; config: PlainConfig } | { ok: false; problems: Problem[] };

/**
 * Checks a stack config and fills in its defaults. Needs no Pulumi: keys are without the project's name.
 *
 * It removes keys that are wrong by themselves before it checks the rules between keys, so that all problems come at once.
 */
export function parseConfig(raw: Readonly<Record<string, unknown>>): ParseResult {
  const typed = withStorageTypes(raw);
  const parsed = stackSchema.safeParse(typed);
  const problems = parsed.success ? [] : parsed.error.issues.flatMap((issue) => describe(issue, typed));
  const { written, left } = parsed.success ? { written: parsed.data, left: [] } : parseRest(typed);
  const config = resolve(written);
  problems.push(...check({ raw: typed, written, config, left }));
  return problems.length === 0 ? { ok: true, config } : { ok: false, problems: unique(problems) };
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
