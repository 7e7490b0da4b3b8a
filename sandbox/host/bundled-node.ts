import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";

/** Oldest Node.js that Pulumi's SDK runs on. */
const OLDEST = 22;

/** The Node.js that came with the packages (`sandbox/node-runtime`); undefined where npm installed none. */
export function bundledNode(root: string): string | undefined {
  const link = join(root, "node_modules", ".bin", "node");
  return existsSync(link) ? realpathSync(link) : undefined;
}

/** The Node.js for programs: undefined for the current one, unless it is too old and the project brings a newer one. */
export function programNode(root: string): string | undefined {
  const major = Number(process.versions.node.split(".")[0]);
  return major < 24 ? bundledNode(root) : undefined;
}

/**
 * What is wrong with a command's Node.js; undefined when it is new enough.
 *
 * @param version in the format of `process.versions.node`.
 */
export function nodeProblem(version: string): string | undefined {
  if (Number(version.split(".")[0]) >= OLDEST) return undefined;
  return `This needs Node.js ${OLDEST} or newer and runs on ${version}: install a newer one, or let npm ci install the project's own, which it does on Linux unless optional packages are omitted.`;
}

/** Ends the process with an error when its Node.js is too old: for the first line of a command. */
export function checkNode(): void {
  const problem = nodeProblem(process.versions.node);
  if (problem === undefined) return;
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
