/** `npm run clean`: deletes the stack, its data and the sandbox, with everything that was built for it. */
import { Command } from "commander";
import { rmSync } from "node:fs";
import { down } from "../sandbox/down";
import { pathsOf } from "../sandbox/paths";

async function clean(): Promise<void> {
  await down({ data: true });
  rmSync(pathsOf().root, { recursive: true, force: true });
  console.log("The sandbox and its data are deleted.");
}

export const command = new Command("clean")
  .description("Delete the sandbox with all its data and what was built for it.")
  .action(clean);
