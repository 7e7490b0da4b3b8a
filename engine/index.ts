/**
 * A small stand-in for the Pulumi engine and the few providers that this project uses, for tests and for machines that cannot download the real ones.
 * It runs the unchanged program over Pulumi's own protocol.
 *
 * It is not for production. It shows which properties change, not full diffs; it refreshes Kubernetes objects only during a run (`options: {refresh:
 * always}`); it has no import, targets, transforms, stack references or encrypted config, and only the hooks before a creation or an update. It
 * supports Kubernetes objects, Helm charts (v4) and docker images.
 *
 * This module is the package's only entry point. The package knows nothing of this repository: callers say where things are and which Node.js runs
 * programs.
 */
import * as path from "node:path";
import type { RunOptions, RunResult } from "./contract";
import { toStderr } from "./progress";
import { readProject } from "./project";
import { chooseEngine } from "./pulumi/choose";
import { runPulumi } from "./pulumi/run";
import { runStandIn, stateFileOf } from "./stand-in";

export type { Command, PolicyPack, RunOptions, RunResult } from "./contract";
export type { ReadRequest, Registered } from "./deployment";
export { parseExactYaml } from "./exact-yaml";
export type { KubeObject } from "./kubernetes/client";
export { forcesReplacement, replacedPaths } from "./kubernetes/kinds";
export { startMonitor, type Answers, type Monitor } from "./monitor";
export {
  contains,
  diff,
  formatPath,
  parsePath,
  related,
  restore,
  valueAt,
  withValueAt,
  type Change,
  type Path,
} from "./paths";
export { runProgram } from "./program";
export { qualify, readProject, stackName } from "./project";
export { readConfig, refuseEnvironment } from "./stack-config";
export { readStackFile, type StackFile } from "./stack-file";
export { chooseEngine, findPulumi, makersOf } from "./pulumi/choose";
export { checkpointOf } from "./pulumi/run";
export { aliasUrns, readRegistration, type AliasSpec, type Registration } from "./registration";
export { stateFileOf } from "./stand-in";
export { makeUrn, splitReference } from "./urn";
export {
  fromStruct,
  isObject,
  redact,
  reveal,
  secret,
  toStruct,
  UNKNOWN,
  type PropertyMap,
  type Value,
} from "./values";

/**
 * Brings a stack to the declared state (`up`), shows what that would change (`preview`), or takes the stack down (`down`).
 *
 * `ENGINE` in the environment chooses the engine: `pulumi` for the Pulumi CLI, `stand-in` for the stand-in. Unset, it is the CLI when it is installed
 * with its plugins, else the stand-in.
 *
 * @throws the first failure, naming the resource; concurrent steps have ended by then and are in the state
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const project = readProject(path.resolve(options.root ?? process.cwd()));
  const env = options.env ?? process.env;
  const write = options.write ?? toStderr;
  const choice = await chooseEngine({
    env,
    project,
    stack: options.stack,
    stateFile: stateFileOf(options, project.root),
  });
  write(`Engine: ${choice.description}`);
  return choice.cli === undefined
    ? runStandIn({ ...options, write }, project)
    : runPulumi(choice.cli, { ...options, env, write }, project);
}
