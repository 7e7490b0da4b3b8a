/** Merges a committed stack file with the settings of the sandbox and the command line, into a separate file. */
import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { sandboxEnvironment } from "../environment";
import { programNode } from "../host/bundled-node";
import {
  formatPath,
  isObject,
  parsePath,
  type Path,
  type PropertyMap,
  qualify,
  readProject,
  readStackFile,
  type Value,
  valueAt,
  withValueAt,
} from "kafka-stack-engine";

/** What to merge. */
export interface MergeOptions {
  /** The folder of Pulumi.yaml. */
  readonly root: string;
  readonly stack: string;
  /** The stack file. @default Pulumi.<stack>.yaml in the root */
  readonly configFile?: string;
  /** `key=value`, the key a property path: `storage.type=nfs`. */
  readonly set?: readonly string[];
  /** Use this context of the caller's kubeconfig, not the sandbox. */
  readonly context?: string;
  /** Config values that override the stack file's, such as the sandbox's. */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

/** The merged file and the environment to run with. */
export interface Merged {
  readonly configFile: string;
  readonly env: NodeJS.ProcessEnv;
  /** The Node.js that programs run on. @default the one that runs this */
  readonly node: string | undefined;
}

/**
 * Writes `.sandbox/stacks/Pulumi.<stack>.yaml`. The committed file stays as it is.
 *
 * @throws when there is no stack file, it says nothing or something unknown, or a `key=value` is malformed
 */
export function mergeStackFile(options: MergeOptions): Promise<Merged> {
  const { root, stack } = options;
  const project = readProject(root);
  const source = options.configFile ?? path.join(root, `Pulumi.${stack}.yaml`);
  if (!fs.existsSync(source)) {
    throw new Error(`There is no stack file ${source} (stacks here: ${stacksIn(root).join(", ") || "none"})`);
  }
  const { document, config: written } = readStackFile(project, source);
  // Without a context it is always the sandbox, whether it runs or not, and never the current context of a kubeconfig.
  const sandbox = options.context === undefined ? sandboxEnvironment() : undefined;
  let config: PropertyMap = { ...written };
  const overrides = { ...sandbox?.config, ...contextConfig(options.context), ...options.overrides };
  for (const [key, value] of Object.entries(overrides)) {
    const place = keyPath(project.name, key);
    config = withValueAt(config, place, overlay(valueAt(config, place), value)) as PropertyMap;
  }
  for (const assignment of options.set ?? []) {
    const equals = assignment.indexOf("=");
    if (equals < 1) {
      throw new Error(`"${assignment.split(/[\s:]/)[0] ?? ""}" is not of the form key=value`);
    }
    const place = keyPath(project.name, assignment.slice(0, equals));
    config = withValueAt(config, place, scalar(assignment.slice(equals + 1))) as PropertyMap;
  }
  const target = path.join(root, ".sandbox", "stacks", `Pulumi.${stack}.yaml`);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  // Renamed into place: a concurrent run reads the old file or the new one, never half of it.
  const temporary = `${target}.${process.pid}.tmp`;
  fs.writeFileSync(temporary, stringify({ ...saltOf(target), ...document, config }), { mode: 0o600 });
  fs.renameSync(temporary, target);
  return Promise.resolve({ configFile: target, env: { ...process.env, ...sandbox?.env }, node: programNode(root) });
}

/** The Pulumi CLI writes its salt into the file that it is given: keep it. */
function saltOf(file: string): { encryptionsalt?: string } {
  if (!fs.existsSync(file)) {
    return {};
  }
  const { encryptionsalt } = (parse(fs.readFileSync(file, "utf8")) ?? {}) as { encryptionsalt?: string };
  return encryptionsalt === undefined ? {} : { encryptionsalt };
}

function contextConfig(context: string | undefined): Record<string, unknown> {
  return context === undefined ? {} : { "cluster.context": context };
}

function stacksIn(root: string): string[] {
  return fs
    .readdirSync(root)
    .map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1])
    .filter((name): name is string => name !== undefined);
}

/** A key's path: its namespaced top key, then the path inside. */
function keyPath(project: string, key: string): Path {
  const colon = key.indexOf(":");
  const inner = parsePath(colon < 0 ? key : key.slice(colon + 1));
  const [top, ...rest] = inner;
  if (typeof top !== "string") {
    throw new Error(`"${formatPath(inner)}" does not begin with a config key`);
  }
  return [qualify(colon < 0 ? project : key.slice(0, colon), top), ...rest];
}

/** Objects are merged key by key; anything else is replaced. */
function overlay(below: Value | undefined, above: Value): Value {
  if (!isObject(below) || !isObject(above)) {
    return above;
  }
  const merged: PropertyMap = { ...below };
  for (const [key, value] of Object.entries(above)) {
    merged[key] = overlay(below[key], value);
  }
  return merged;
}

/** Parses numbers and booleans as `pulumi config set --path` does; a number that JavaScript would round stays text. */
function scalar(text: string): Value {
  if (text === "true" || text === "false") {
    return text === "true";
  }
  return /^-?(0|[1-9]\d*)$/.test(text) && String(Number(text)) === text ? Number(text) : text;
}
