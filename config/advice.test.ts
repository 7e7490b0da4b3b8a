import assert from "node:assert/strict";
import { parsePath } from "kafka-stack-engine";
import { parseConfig } from "./parse";
import { REFUSED } from "./refused.cases";

type Path = readonly (string | number)[];

/** A config with another value at a path; undefined removes it. */
function withValue(config: object, path: Path, value: unknown): Record<string, unknown> {
  const copy = structuredClone(config) as Record<string, unknown>;
  let parent: Record<string | number, unknown> = copy;
  for (const key of path.slice(0, -1)) {
    if (typeof parent[key] !== "object" || parent[key] === null) parent[key] = {};
    parent = parent[key] as Record<string, unknown>;
  }
  const last = path.at(-1) ?? "";
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else parent[last] = value;
  return copy;
}

const valueAt = (config: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | undefined)?.[key], config);

const NUMBER = String.raw`(-?[\d.]*\d[A-Za-z]*)`;

/** The values that a message names; not those of odd numbers, of which a stack may have fewer than the largest. */
function valuesOf(message: string): string[] {
  const allowed = /allowed is (.*)$/.exec(message)?.[1] ?? "";
  const number = (words: string) => new RegExp(`^(?:a whole number,? |a number,? )?${words}`).exec(allowed);
  const one = number(`at (?:most|least) ${NUMBER}`);
  const range = number(`from ${NUMBER} to ${NUMBER}`);
  const written = /write (\d+)$/.exec(message);
  return [one?.[1], range?.[1], range?.[2], written?.[1]].filter((value) => value !== undefined);
}

/** Where a message's key was meant to be. */
function meantBy(path: Path, message: string): Path | undefined {
  const meant = /^is unknown.*did you mean (\S+)\?/.exec(message)?.[1];
  if (meant === undefined) return undefined;
  return path.at(-2) === "config" ? [...path.slice(0, -1), meant] : parsePath(meant);
}

/** The range is that of any broker; a stack may have fewer. */
const NARROWER = /^operations\.cordoned/;

describe("the advice of a refusal", () => {
  const all = Object.values(REFUSED).flat();
  let followed = 0;

  for (const [config, key] of all) {
    const result = parseConfig(config);
    const problem = result.ok ? undefined : result.problems[0];
    if (problem === undefined || NARROWER.test(key)) continue;
    const path = parsePath(key);
    for (const value of valuesOf(problem.message)) {
      it(`leads to no other at ${key}: ${value}, for ${problem.message.slice(0, 80)}`, () => {
        followed++;
        const then = parseConfig(withValue(config, path, value));
        assert.deepEqual(then.ok ? [] : then.problems.filter((other) => other.path === key), []);
      });
    }
    const meant = meantBy(path, problem.message);
    if (meant !== undefined) {
      it(`names a key that there is, at ${key}: ${problem.message}`, () => {
        followed++;
        const then = parseConfig(withValue(withValue(config, path, undefined), meant, valueAt(config, path)));
        const found = then.ok ? [] : then.problems;
        assert.deepEqual(
          found.filter(({ message }) => message.startsWith("is unknown")),
          [],
        );
      });
    }
  }

  it("is followed in many cases", () => {
    assert.ok(followed > 100, String(followed));
  });
});
