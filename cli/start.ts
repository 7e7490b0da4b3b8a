/** `npm start`: from nothing to a running chat. */
import { Command } from "commander";
import { redact, run, stackName } from "kafka-stack-engine";
import { up } from "../sandbox";
import { mergeStackFile } from "../sandbox/stack/stack-file";
import { type StackOptions, stackOptions } from "./stack-options";
import { describe } from "./start-summary";

async function start({ stack: given, context }: StackOptions): Promise<void> {
  const root = process.cwd();
  const stack = stackName(root, given);
  if (context === undefined) await up();
  const prepared = await mergeStackFile({ root, stack, ...(context !== undefined && { context }) });
  const { outputs } = await run({ command: "up", root, stack, ...prepared });
  console.log(describe(redact(outputs), { stack, ...(context !== undefined && { context }) }));
}

export const command = stackOptions(
  new Command("start").description(
    "Start the sandbox when it does not run, bring the stack up on it, and say how to chat.",
  ),
).action(start);
