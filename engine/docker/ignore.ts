/** `.dockerignore`: which files of a folder belong to a build's context. */
import * as fs from "node:fs";
import * as path from "node:path";

/** Whether a path, relative to the context and with `/` between its parts, is ignored. */
export type Ignore = (file: string) => boolean;

/** The rules for this build: the Dockerfile's own `.dockerignore` wins over the context's, as in docker. */
export function readIgnore(context: string, dockerfile: string): Ignore {
  const own = `${dockerfile}.dockerignore`;
  const shared = path.join(context, ".dockerignore");
  const file = [own, shared].find((candidate) => fs.existsSync(candidate));
  return file === undefined ? () => false : parseIgnore(fs.readFileSync(file, "utf8"));
}

/**
 * Reads ignore rules.
 *
 * @see https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export function parseIgnore(text: string): Ignore {
  const rules = text
    .split(/\r?\n/)
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.trim())
    .filter((line) => line !== "" && line !== "!")
    .map((line) => {
      const exception = line.startsWith("!");
      const pattern = path.posix.normalize((exception ? line.slice(1) : line).trim()).replace(/^\/+|\/+$/g, "");
      return { exception, expression: toExpression(pattern) };
    });
  return (file) => {
    let ignored = false;
    for (const rule of rules) {
      // A rule for a folder applies to everything in it.
      if (rule.expression.test(file)) {
        ignored = !rule.exception;
      }
    }
    return ignored;
  };
}

function toExpression(pattern: string): RegExp {
  let source = "";
  for (let index = 0; index < pattern.length; index++) {
    const rest = pattern.slice(index);
    const set = /^\[[^\]]+\]/.exec(rest);
    if (rest.startsWith("**/")) {
      source += "(?:.*/)?";
      index += 2;
    } else if (rest.startsWith("**")) {
      source += ".*";
      index += 1;
    } else if (rest.startsWith("*")) {
      source += "[^/]*";
    } else if (rest.startsWith("?")) {
      source += "[^/]";
    } else if (set) {
      source += set[0];
      index += set[0].length - 1;
    } else {
      source += (pattern[index] ?? "").replace(/[.+^$(){}|\\]/g, "\\$&");
    }
  }
  return new RegExp(`^${source}(?:/.*)?$`);
}
