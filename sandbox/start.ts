/** `npm start`: from nothing to a running chat. */
import "./host/check-node";
import { Command } from "commander";
import { redact, run, stackName } from "kafka-stack-engine";
import { mergeStackFile } from "./stack/stack-file";
import { describe } from "./start-summary";
import { up } from "./up";

interface Options {
  stack: string;
  context?: string;
}

async function start({ stack: given, context }: Options): Promise<void> {
  const root = process.cwd();
  const stack = stackName(root, given);
  if (context === undefined) await up();
  const prepared = await mergeStackFile({ root, stack, ...(context !== undefined && { context }) });
  const { outputs } = await run({ command: "up", root, stack, ...prepared });
  console.log(describe(redact(outputs), { stack, ...(context !== undefined && { context }) }));
}

new Command("start")
  .description("Start the sandbox when it does not run, bring the stack up on it, and say how to chat.")
  .option("-s, --stack <name>", "the stack", "dev")
  .option("--context <name>", "use this context of your kubeconfig instead of the sandbox")
  .action(start)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
