import type { Refused } from "../../components/kafka/setting-refusals";
import { type Path, type Problem, formatPath, refusal, valueAt } from "../problems";
import type { PlainConfig } from "../resolve";
import type { Written } from "../schema";

/** The input of a rule. */
export interface Subject {
  /** The config in the stack file, including wrong keys. */
  readonly raw: unknown;
  /** The written config, with the defaults that depend on no other key. */
  readonly written: Written;
  /** The config with every default filled in. */
  readonly config: PlainConfig;
}

/** A rule between keys. */
export interface Rule {
  /** The keys that the rule reads. It is skipped when one of them is wrong by itself. */
  readonly reads: readonly Path[];
  /** Yields the violations. */
  readonly check: (subject: Subject) => Iterable<Problem>;
}

/** A problem with the value at the path and what is allowed instead. */
export function refuse({ written, config }: Subject, path: Path, allowed: string): Problem {
  const value = valueAt(written, path) ?? valueAt(config, path);
  return {
    path: formatPath(path),
    message: value === undefined ? `is missing; allowed is ${allowed}` : refusal(value, allowed),
  };
}

/** A problem with its own sentence. */
export const complain = (path: Path, message: string): Problem => ({ path: formatPath(path), message });

/** Problems that the components find too. */
export function* told(subject: Subject, found: Iterable<Refused>): Iterable<Problem> {
  for (const one of found) {
    yield "allowed" in one ? refuse(subject, one.at, one.allowed) : complain(one.at, one.sentence);
  }
}
