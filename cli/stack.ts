/** `npm run up|preview|down -- --stack dev [-c key=value]`. */
import * as fs from "node:fs";
import * as path from "node:path";
import { Command } from "commander";
import { type Command as EngineCommand, type PolicyPack, redact, run, stackName } from "kafka-stack-engine";
import { mergeStackFile } from "../sandbox/stack/stack-file";
import { collect, configOption, type StackOptions, stackOptions } from "./stack-options";

interface Options extends StackOptions {
  configFile?: string;
  config: string[];
  policyPack: string[];
  policyPackConfig: string[];
  policy?: string | true;
  hideOutputs?: boolean;
  refresh: boolean;
  json?: boolean;
}

/** Exit code after SIGINT. */
const INTERRUPTED = 130;

/** One of the commands up, preview and down. */
export function engineCommand(command: EngineCommand, description: string): Command {
  return configOption(stackOptions(new Command(command).description(description)))
    .option("--config-file <file>", "the stack file (default: Pulumi.<stack>.yaml)")
    .option("--policy-pack <dir>", "check the stack with this policy pack", collect, [])
    .option("--policy-pack-config <file>", "the pack's config, in the order of the packs", collect, [])
    .option(
      "--policy [environment]",
      "the project's own pack, with policy/<environment>.json (default: the stack's, or dev)",
    )
    .option("--hide-outputs", "preview: make all outputs of new and changed resources unknown to the program")
    .option("--no-refresh", "compare with the state alone: a preview without a cluster, or in a hurry")
    .option("--json", "write the result as JSON to the standard output")
    .action((options: Options) => execute(command, options));
}

async function execute(command: EngineCommand, options: Options): Promise<void> {
  const root = process.cwd();
  const stack = stackName(root, options.stack);
  const prepared = await mergeStackFile({
    root,
    stack,
    set: options.config,
    ...(options.configFile !== undefined && { configFile: options.configFile }),
    ...(options.context !== undefined && { context: options.context }),
  });
  const kubeconfig = prepared.env["KUBECONFIG"];
  if (command !== "preview" && options.context === undefined && !fs.existsSync(kubeconfig ?? "")) {
    throw new Error("The sandbox does not run: start it with npm run sandbox -- up, or name a cluster with --context");
  }
  const { outputs, changes, steps } = await run({
    command,
    root,
    stack,
    configFile: prepared.configFile,
    env: prepared.env,
    node: prepared.node,
    hideOutputs: options.hideOutputs ?? false,
    ...(!options.refresh && { refresh: false }),
    signal: interruption(),
    policyPacks: policyPacks(root, { ...options, stack }),
  });
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ outputs: redact(outputs), changes, steps }, undefined, 2)}\n`);
  } else if (command === "up" && Object.keys(outputs).length > 0) {
    process.stderr.write("Outputs:\n");
    for (const [key, value] of Object.entries(redact(outputs))) {
      process.stderr.write(`  ${key}: ${typeof value === "string" ? value : JSON.stringify(value)}\n`);
    }
  }
}

/** The first signal ends the run with a summary, the second at once. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) {
        process.exit(INTERRUPTED);
      }
      process.stderr.write("Interrupting: waits end now (once more to end at once)\n");
      process.exitCode = INTERRUPTED;
      controller.abort();
    });
  }
  return controller.signal;
}

function policyPacks(root: string, options: Options): PolicyPack[] {
  const packs = options.policyPack.map((directory, index): PolicyPack => {
    const configFile = options.policyPackConfig[index];
    const config = configFile === undefined ? {} : { configFile: path.resolve(configFile) };
    return { directory: path.resolve(directory), ...config };
  });
  if (options.policyPackConfig.length > packs.length) {
    throw new Error("--policy-pack-config needs a --policy-pack before it");
  }
  if (options.policy !== undefined) {
    const directory = path.join(root, "policy");
    const fileOf = (environment: string) => path.join(directory, `${environment}.json`);
    const environment =
      options.policy === true ? (fs.existsSync(fileOf(options.stack)) ? options.stack : "dev") : options.policy;
    packs.push({ directory, configFile: fileOf(environment) });
  }
  return packs;
}
