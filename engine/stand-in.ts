/** Runs the stand-in, from the stack file to the summary. */
import * as fs from "node:fs";
import * as path from "node:path";
import { Analyzers } from "./analyzer";
import type { RunOptions, RunResult } from "./contract";
import { deleteGone } from "./delete";
import { Deployment, type Construct } from "./deployment";
import { DockerProvider } from "./docker/provider";
import { CHART, constructChart } from "./helm";
import { otherClusterPaths } from "./kubernetes/connection";
import { KubernetesProvider } from "./kubernetes/provider";
import { lockStack } from "./lock";
import { startMonitor } from "./monitor";
import { runProgram } from "./program";
import { Progress, toStderr } from "./progress";
import type { Project } from "./project";
import { readConfig } from "./stack-config";
import { Providers, type ProviderFactory } from "./providers";
import { StashProvider } from "./stash";
import { StateFile } from "./state";

const FACTORIES: Readonly<Record<string, ProviderFactory>> = {
  kubernetes: {
    make: (config, context) => new KubernetesProvider(config, context),
    replacedKeys: (old, config, { env }) => otherClusterPaths(old, config, env),
  },
  docker: { make: (config, context) => new DockerProvider(config, context), replacedKeys: () => [] },
  pulumi: { make: () => new StashProvider(), replacedKeys: () => [] },
};

const CONSTRUCTS: Readonly<Record<string, Construct>> = { [CHART]: constructChart };

/** The stand-in's state file of a stack. */
export function stateFileOf(options: Pick<RunOptions, "stack" | "stateDirectory">, root: string): string {
  return path.join(options.stateDirectory ?? path.join(root, ".sandbox", "state"), `${options.stack}.json`);
}

/** Runs the stand-in. @throws the first failure, naming the resource */
export async function runStandIn(options: RunOptions, project: Project): Promise<RunResult> {
  const file = stateFileOf(options, project.root);
  if (options.command === "preview") {
    return perform(options, project, file);
  }
  const lock = lockStack(`${file}.lock`);
  try {
    return await perform(options, project, file);
  } finally {
    lock.release();
  }
}

async function perform(options: RunOptions, project: Project, file: string): Promise<RunResult> {
  const preview = options.command === "preview";
  const env = options.env ?? process.env;
  const configFile = options.configFile ?? path.join(project.root, `Pulumi.${options.stack}.yaml`);
  const config = options.command === "down" && !fs.existsSync(configFile) ? {} : readConfig(project, configFile);
  const state = new StateFile(file, preview);
  const progress = new Progress(options.write ?? toStderr, preview);
  const providers = new Providers(FACTORIES, state, { env, config, root: project.root, preview });
  const packs = options.command === "down" ? [] : (options.policyPacks ?? []);
  const common = { project: project.name, stack: options.stack, preview, config, env, node: options.node };
  const analyzers = await Analyzers.start(
    packs.map((pack) => ({ ...pack, ...common })),
    progress,
    preview,
  );
  const deployment = new Deployment({
    project: project.name,
    stack: options.stack,
    preview,
    hideOutputs: options.hideOutputs ?? false,
    state,
    providers,
    progress,
    analyzers,
    constructs: CONSTRUCTS,
    refresh: options.refresh ?? project.refresh,
    signal: options.signal,
  });
  try {
    if (options.command !== "down") {
      await runToEnd(deployment, project, config, env, options.node);
      await analyzers.finish([...deployment.steps.results.values()], deployment.lookup);
    }
  } finally {
    analyzers.stop();
    state.save();
  }
  await deleteGone(deployment).catch((error: unknown) => {
    progress.summarize();
    throw error;
  });
  if (options.command === "down") {
    state.state.outputs = {};
    state.save();
  }
  progress.summarize();
  return { outputs: state.state.outputs, changes: progress.changes(), steps: progress.steps };
}

async function runToEnd(
  deployment: Deployment,
  project: Project,
  config: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv,
  node: string | undefined,
): Promise<void> {
  const { progress, stack, preview } = deployment.options;
  const monitor = await startMonitor(deployment);
  try {
    const print = (line: string) => {
      progress.say(`  | ${line}`);
    };
    const { address } = monitor;
    const program = { project, stack, preview, address, config, env, node, print };
    const code = await untilFailed(deployment, (signal) => runProgram({ ...program, signal }));
    await deployment.settle();
    if (deployment.failure === undefined && code !== 0) {
      deployment.fail(undefined, new Error(`the program ended with exit code ${code}`));
    }
  } finally {
    monitor.stop();
  }
  if (deployment.failure !== undefined) {
    progress.summarize();
    throw deployment.failure;
  }
}

/** How long a program may go on after a failure when no step runs, in milliseconds: enough to learn of the failure and print its last lines. */
const LAST_WORDS_MS = 5_000;

/** Runs a program. After a failure the engine refuses its requests, so a program that does not end by itself is ended: it could wait for ever. */
async function untilFailed(deployment: Deployment, work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const { progress, signal } = deployment.options;
  const end = new AbortController();
  const abort = () => {
    end.abort();
  };
  signal?.addEventListener("abort", abort);
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  void deployment.failed
    .then(() => deployment.settle())
    .then(() => {
      if (ended) return;
      timer = setTimeout(() => {
        progress.say("The program goes on after the failure, so it is ended.");
        abort();
      }, LAST_WORDS_MS);
    });
  try {
    return await work(end.signal);
  } finally {
    ended = true;
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}
