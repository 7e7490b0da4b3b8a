/** `npm run clean`: deletes the stack, its data and the sandbox, with everything that was built for it. */
import { Command } from "commander";
import { rmSync } from "node:fs";
import { down, sandboxRoot } from "../sandbox";

async function clean(): Promise<void> {
  await down({ data: true });
  rmSync(sandboxRoot(), { recursive: true, force: true });
  console.log("The sandbox and its data are deleted.");
}

export const command = new Command("clean")
  .description("Delete the sandbox with all its data and what was built for it.")
  .action(clean);
