/** Runs a stack with the real engine: the Pulumi CLI with a file backend. */
import { run } from "kafka-stack-processes";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import type { RunOptions, RunResult } from "../contract";
import { lockStack } from "../lock";
import type { Project } from "../project";
import { Interrupted, INTERRUPTED } from "../provider";
import { secret, type PropertyMap } from "../values";
import { readCheckpoint } from "./checkpoint";
import { countSteps, readEvents } from "./events";
import { missingPlugins } from "./find";
import { untilNobodyWorks } from "./locks";
import { takenUp, untilDeletionsEnd } from "./unfinished";

/** A stack's file in the CLI's file backend. */
export function checkpointOf(project: Project, stack: string): string {
  return path.join(backendOf(project), ".pulumi", "stacks", project.name, `${stack}.json`);
}

/** Where the CLI's file backend keeps the locks of a stack. */
function locksOf(project: Project, stack: string): string {
  return path.join(backendOf(project), ".pulumi", "locks", "organization", project.name, stack);
}

function backendOf(project: Project): string {
  return path.join(project.root, ".sandbox", "pulumi");
}

/** What the CLI says beside the error of a resource, sometimes before it. */
const SUMMARY = /^(update|preview|destroy) failed$/;

/** The options that this engine needs. */
export type PulumiOptions = RunOptions & Required<Pick<RunOptions, "env" | "write">>;

/** Runs the Pulumi CLI. @throws when it fails, with its first error, or when it was interrupted */
export async function runPulumi(cli: string, options: PulumiOptions, project: Project): Promise<RunResult> {
  const lock = lockStack(path.join(backendOf(project), `${options.stack}.lock`));
  try {
    return await perform(cli, options, project);
  } finally {
    lock.release();
  }
}

async function perform(cli: string, options: PulumiOptions, project: Project): Promise<RunResult> {
  const { command, stack, signal } = options;
  const env = environmentOf(cli, options, project);
  if (!fs.existsSync(checkpointOf(project, stack))) {
    if (command === "down") {
      return { outputs: {}, ...countSteps([]) };
    }
    await createStack(cli, stack, project, env);
  }
  if (await untilNobodyWorks(locksOf(project, stack), options)) {
    await run(cli, ["cancel", "--yes", "--stack", stack, "--non-interactive"], { env, cwd: project.root });
  }
  if (command !== "preview") {
    await finishEarlier(cli, { ...options, env }, project);
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-run-"));
  const eventLog = path.join(folder, "events.json");
  const { say, errors } = listener(options.write);
  try {
    await run(cli, argumentsOf(options, project, eventLog, folder), {
      env,
      cwd: project.root,
      onLine: say,
      signal,
    });
    const outputs = command === "up" ? await outputsOf(cli, stack, project, env) : {};
    return { outputs, ...countSteps(readEvents(eventLog)) };
  } catch (error) {
    if (signal?.aborted === true) {
      throw new Interrupted(INTERRUPTED, { cause: error });
    }
    const all = errors();
    const first = all.find((one) => !SUMMARY.test(one)) ?? all[0];
    throw first === undefined ? error : new Error(`pulumi ${command} failed: ${first}`, { cause: error });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Prepares the state for a run after one that was killed or interrupted. */
async function finishEarlier(cli: string, options: PulumiOptions, project: Project): Promise<void> {
  const { command, stack, env, refresh } = options;
  const kept = readCheckpoint(checkpointOf(project, stack));
  if (kept === undefined) {
    return;
  }
  const taken = await takenUp(kept, options);
  if (taken !== undefined) {
    const input = JSON.stringify({ version: 3, deployment: taken });
    await run(cli, ["stack", "import", "--stack", stack, "--non-interactive"], { env, cwd: project.root, input });
  }
  if (command === "up" && refresh !== false) {
    await untilDeletionsEnd(taken ?? kept, options);
  }
}

function argumentsOf(options: PulumiOptions, project: Project, eventLog: string, folder: string): string[] {
  const { command, stack } = options;
  const configFile = options.configFile ?? path.join(project.root, `Pulumi.${stack}.yaml`);
  const noConfig = path.join(folder, "no-policy-config.json");
  fs.writeFileSync(noConfig, "{}");
  const packs = command === "down" ? [] : (options.policyPacks ?? []);
  return [
    command === "down" ? "destroy" : command,
    ...["--stack", stack, "--config-file", configFile, "--non-interactive", "--color", "never"],
    ...["--event-log", eventLog],
    ...(command === "preview" ? [] : ["--yes", "--skip-preview"]),
    ...(options.refresh === undefined ? [] : [`--refresh=${options.refresh}`]),
    // The CLI pairs packs with configs by order, so each pack needs a config.
    ...packs.flatMap((pack) => ["--policy-pack", pack.directory, "--policy-pack-config", pack.configFile ?? noConfig]),
  ];
}

function environmentOf(cli: string, options: PulumiOptions, project: Project): NodeJS.ProcessEnv {
  const backend = backendOf(project);
  const passphrase = path.join(backend, "passphrase");
  fs.mkdirSync(backend, { recursive: true });
  if (!fs.existsSync(passphrase)) {
    fs.writeFileSync(passphrase, randomBytes(24).toString("base64url"), { mode: 0o600 });
  }
  const complete = missingPlugins(project.root, options.env, cli).length === 0;
  return {
    ...options.env,
    // The language host is beside the CLI, and takes the first Node.js.
    PATH: [
      path.dirname(fs.realpathSync(cli)),
      path.dirname(options.node ?? process.execPath),
      options.env["PATH"] ?? "",
    ].join(path.delimiter),
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // The CLI has its event log behind a debug option.
    PULUMI_DEBUG_COMMANDS: "true",
    // All plugins are here; a download could only hang.
    ...(complete && { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" }),
  };
}

/** Creates the stack from a temporary folder, because the CLI writes into the stack file beside Pulumi.yaml. */
async function createStack(cli: string, stack: string, project: Project, env: NodeJS.ProcessEnv): Promise<void> {
  const folder = path.join(backendOf(project), "new-stack");
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "Pulumi.yaml"), stringify({ name: project.name, runtime: "nodejs" }));
  const args = ["stack", "init", stack, "--no-select", "--secrets-provider", "passphrase", "--non-interactive"];
  await run(cli, args, { env, cwd: folder });
}

async function outputsOf(cli: string, stack: string, project: Project, env: NodeJS.ProcessEnv): Promise<PropertyMap> {
  const read = async (...more: string[]) => {
    const args = ["stack", "output", "--stack", stack, "--json", "--non-interactive", ...more];
    return JSON.parse(await run(cli, args, { env, cwd: project.root })) as PropertyMap;
  };
  const [shown, plain] = [await read(), await read("--show-secrets")];
  return Object.fromEntries(
    Object.entries(plain).map(([key, value]) => [
      key,
      JSON.stringify(shown[key]) === JSON.stringify(value) ? value : secret(value),
    ]),
  );
}

/** Passes the CLI's lines on and keeps its errors, with the lines that belong to each. */
function listener(write: (line: string) => void): { say: (line: string) => void; errors: () => string[] } {
  const errors: string[][] = [];
  let indent: number | undefined;
  return {
    say: (line) => {
      const [, before = "", error] = /^(\s*)error: (.+)/.exec(line) ?? [];
      const words = line.trim();
      if (error !== undefined) {
        errors.push([error]);
        indent = before.length;
      } else if (words !== "" && (line.search(/\S/) < (indent ?? 0) || /^(warning|info|debug): /.test(words))) {
        indent = undefined;
      } else if (words !== "" && indent !== undefined && indent > 0) {
        errors.at(-1)?.push(words);
      }
      write(line);
    },
    errors: () => errors.map((lines) => lines.join("\n")),
  };
}
