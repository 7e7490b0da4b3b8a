/** Chooses the engine. */
import * as fs from "node:fs";
import type { Project } from "../project";
import { canDownload, downloadCli, findCli, missingPlugins } from "./find";
import { checkpointOf } from "./run";

/** An engine. */
export interface Choice {
  /** The Pulumi CLI; absent for the stand-in. */
  readonly cli?: string;
  /** The engine and the reason for it, in a few words. */
  readonly description: string;
}

/** The inputs of the choice. */
export interface ChoiceOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly project: Project;
  readonly stack: string;
  /** The stand-in's state of this stack. */
  readonly stateFile: string;
}

/**
 * Chooses by `ENGINE`. Unset, the engine that made a stack keeps it, and a new stack prefers the CLI.
 *
 * @throws when `ENGINE` asks for an engine that is missing, or that did not make the stack
 */
export async function chooseEngine(options: ChoiceOptions): Promise<Choice> {
  const { env, project, stack } = options;
  const wanted = env["ENGINE"] ?? "";
  const [madeBy] = makersOf(project, stack, options.stateFile);
  if (!["", "stand-in", "pulumi"].includes(wanted)) {
    throw new Error(`ENGINE is "${wanted}"; it must be stand-in or pulumi`);
  }
  if (wanted !== "" && madeBy !== undefined && madeBy !== wanted) {
    throw new Error(`The stack ${stack} was made with ENGINE=${madeBy}; take it down with that before using ${wanted}`);
  }
  if (wanted === "stand-in") {
    return { description: "stand-in (ENGINE=stand-in)" };
  }
  if (wanted === "" && madeBy === "stand-in") {
    return { description: "stand-in (it made this stack)" };
  }
  const found = await findPulumi(project, env);
  if (typeof found !== "string") {
    return { cli: found.cli, description: `Pulumi CLI (${found.cli})` };
  }
  if (wanted === "pulumi" || madeBy === "pulumi") {
    throw new Error(found);
  }
  return { description: `stand-in (${found})` };
}

/**
 * The engines that have resources of this stack in their state.
 *
 * @param stateFile the stand-in's state of the stack.
 */
export function makersOf(project: Project, stack: string, stateFile: string): ("stand-in" | "pulumi")[] {
  return [
    ...(hasResources(stateFile, "resources") ? (["stand-in"] as const) : []),
    ...(hasResources(checkpointOf(project, stack), "checkpoint.latest.resources") ? (["pulumi"] as const) : []),
  ];
}

/** The CLI with all its plugins, downloaded where possible, or why there is none. */
export async function findPulumi(project: Project, env: NodeJS.ProcessEnv): Promise<{ cli: string } | string> {
  let cli = findCli(project.root, env);
  let reachable: boolean | undefined;
  if (cli === undefined) {
    reachable = await canDownload();
    cli = reachable ? await downloadCli(project.root, env) : undefined;
  }
  if (cli === undefined) {
    return "no Pulumi CLI on the PATH and none can be downloaded";
  }
  const missing = missingPlugins(project.root, env, cli);
  if (missing.length > 0 && !(reachable ?? (await canDownload()))) {
    return `the Pulumi CLI ${cli} lacks the plugins ${missing.join(", ")} and they cannot be downloaded`;
  }
  return { cli };
}

function hasResources(file: string, at: string): boolean {
  if (!fs.existsSync(file)) {
    return false;
  }
  let node: unknown;
  try {
    node = JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    // The engine will report what is wrong with its own state.
    return true;
  }
  for (const key of at.split(".")) {
    node = (node as Record<string, unknown> | null | undefined)?.[key];
  }
  return Array.isArray(node) && node.length > 0;
}
