/** `npm run stop`: takes the stack down and keeps its data; the sandbox keeps running, so that the next start is quick. */
import { Command } from "commander";
import { run, stackName } from "kafka-stack-engine";
import { mergeStackFile } from "./stack/stack-file";

interface Options {
  stack: string;
  context?: string;
}

async function stop({ stack: given, context }: Options): Promise<void> {
  const root = process.cwd();
  const stack = stackName(root, given);
  const prepared = await mergeStackFile({ root, stack, ...(context !== undefined && { context }) });
  await run({ command: "down", root, stack, ...prepared });
  console.log(
    `\nStack ${stack} is down; its data is kept. Start it again: npm start. Delete everything: npm run clean`,
  );
}

new Command("stop")
  .description("Take the stack down and keep its data.")
  .option("-s, --stack <name>", "the stack", "dev")
  .option("--context <name>", "the stack is on this context of your kubeconfig, not on the sandbox")
  .action(stop)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
