import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { readConfig, readProject } from "kafka-stack-engine";
import { record, type Recording } from "./recording";

/** The repository. */
export const ROOT = resolve(__dirname, "../..");

/** Names of the stacks with a stack file. */
export const STACKS: readonly string[] = readdirSync(ROOT)
  .map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1])
  .filter((name) => name !== undefined)
  .sort();

/** How a stack is run. */
export interface StackOptions {
  /** Whether no output is known. @default false */
  readonly preview?: boolean;
  /** Config that overrides the stack file, key by key: `{kafka: {heap: "1g"}}`. @default none */
  readonly set?: Readonly<Record<string, unknown>>;
}

const load = createRequire(__filename);
const project = readProject(ROOT);

const recordings = new Map<string, Promise<Recording>>();

/** Runs the whole unchanged program for a stack file. The same run is made only once. */
export function recordStack(stack: string, options: StackOptions = {}): Promise<Recording> {
  const key = JSON.stringify([stack, options]);
  const recording = recordings.get(key) ?? run(stack, options);
  recordings.set(key, recording);
  return recording;
}

async function run(stack: string, { preview = false, set = {} }: StackOptions): Promise<Recording> {
  const config = readConfig(project, join(ROOT, `Pulumi.${stack}.yaml`));
  for (const [key, value] of Object.entries(set)) {
    const name = `${project.name}:${key}`;
    config[name] = JSON.stringify(merge(parse(config[name]), value));
  }
  const limit = Error.stackTraceLimit;
  // Pulumi keeps a stack trace of each promise, which takes two thirds of the time. `npm run preview` shows where the program fails.
  Error.stackTraceLimit = 0;
  try {
    return await record(() => loadProgram(), { stack, config, preview });
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** The program runs when it is loaded; only its own file keeps state, so only that is reloaded. */
function loadProgram(): Record<string, unknown> {
  const file = join(ROOT, project.main);
  const before = process.cwd();
  // Pulumi runs a program in its own folder; the images' contexts are relative to it.
  process.chdir(ROOT);
  try {
    Reflect.deleteProperty(load.cache, load.resolve(file));
    return load(file) as Record<string, unknown>;
  } finally {
    process.chdir(before);
  }
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function merge(below: unknown, above: unknown): unknown {
  if (!isMap(below) || !isMap(above)) return above;
  const merged = Object.entries(above).map(([key, value]) => [key, merge(below[key], value)]);
  return { ...below, ...(Object.fromEntries(merged) as Record<string, unknown>) };
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
