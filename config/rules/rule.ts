import type { Refused } from "../../components/kafka/setting-refusals";
import { type Path, type Problem, formatPath, refusal, valueAt } from "../problems";
import type { PlainConfig } from "../resolve";
import type { Written } from "../schema";

/** What a rule looks at. */
export interface Subject {
  /** The config as it stands in the stack file, wrong keys and all. */
  readonly raw: unknown;
  /** The config as it was written, with the defaults that need no other key. */
  readonly written: Written;
  /** The config with every default filled in. */
  readonly config: PlainConfig;
}

/** A rule between keys. */
export interface Rule {
  /** The keys that the rule looks at. It is left out when one of them is wrong by itself. */
  readonly reads: readonly Path[];
  /** Yields what breaks the rule. */
  readonly check: (subject: Subject) => Iterable<Problem>;
}

/** A problem whose message is the value at the path and what is allowed in its place. */
export function refuse({ written, config }: Subject, path: Path, allowed: string): Problem {
  const value = valueAt(written, path) ?? valueAt(config, path);
  return {
    path: formatPath(path),
    message: value === undefined ? `is missing; allowed is ${allowed}` : refusal(value, allowed),
  };
}

/** A problem whose message is a sentence of its own. */
export const complain = (path: Path, message: string): Problem => ({ path: formatPath(path), message });

/** Problems of what the components refuse, too. */
export function* told(subject: Subject, found: Iterable<Refused>): Iterable<Problem> {
  for (const one of found) {
    yield "allowed" in one ? refuse(subject, one.at, one.allowed) : complain(one.at, one.sentence);
  }
}
