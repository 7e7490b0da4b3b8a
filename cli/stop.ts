/** `npm run stop`: takes the stack down and keeps its data; the sandbox keeps running, so that the next start is quick. */
import { Command } from "commander";
import { run, stackName } from "kafka-stack-engine";
import { mergeStackFile } from "../sandbox/stack/stack-file";
import { type StackOptions, stackOptions } from "./stack-options";

async function stop({ stack: given, context }: StackOptions): Promise<void> {
  const root = process.cwd();
  const stack = stackName(root, given);
  const prepared = await mergeStackFile({ root, stack, ...(context !== undefined && { context }) });
  await run({ command: "down", root, stack, ...prepared });
  console.log(
    `\nStack ${stack} is down; its data is kept. Start it again: npm start. Delete everything: npm run clean`,
  );
}

export const command = stackOptions(new Command("stop").description("Take the stack down and keep its data.")).action(
  stop,
);
