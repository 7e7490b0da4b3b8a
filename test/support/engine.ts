import { existsSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { checkpointOf, chooseEngine, findPulumi, makersOf, readProject, stateFileOf } from "kafka-stack-engine";

const project = readProject(process.cwd());
const stateOf = (stack: string) => stateFileOf({ stack }, project.root);

/** An engine, by what `ENGINE` calls it. */
export type Engine = "stand-in" | "pulumi";

/** A stack with existing resources, and the engine that made it. */
export interface MadeStack {
  readonly stack: string;
  readonly made: Engine;
}

/** Every stack with existing resources. A stack with resources of both engines is listed twice. */
export function stacksOfEngines(): MadeStack[] {
  const folders = [dirname(stateOf("any")), dirname(checkpointOf(project, "any"))];
  const names = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).flatMap((file) => /^(.+)\.json$/.exec(file)?.[1] ?? []));
  return [...new Set(names)].flatMap((stack) =>
    makersOf(project, stack, stateOf(stack)).map((made) => ({ stack, made })),
  );
}

/** The engine that the tests use for a stack: that of `ENGINE`; else the one that made the stack, or that is found. */
export async function engineOf(stack: string): Promise<Engine> {
  const wanted = process.env["ENGINE"];
  if (wanted === "pulumi" || wanted === "stand-in") return wanted;
  const { cli } = await chooseEngine({ env: process.env, project, stack, stateFile: stateOf(stack) });
  return cli === undefined ? "stand-in" : "pulumi";
}

/** Prints which engine the tests use for a stack. */
export async function sayEngine(stack: string): Promise<void> {
  const { description } = await chooseEngine({ env: process.env, project, stack, stateFile: stateOf(stack) });
  console.log(`Engine: ${description}`);
}

/** Skips all tests, and says why, when `ENGINE` asks for the Pulumi CLI and there is none: for the hook before a suite's first test. */
export async function skipWithoutEngine(context: Mocha.Context): Promise<void> {
  if (process.env["ENGINE"] !== "pulumi") return;
  const found = await findPulumi(project, process.env);
  if (typeof found !== "string") return;
  console.log(`Skipped: ENGINE=pulumi, but ${found}`);
  context.skip();
}
