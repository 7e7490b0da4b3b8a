import { run } from "../../sandbox/host/command";

/** Runs a command of the ops program in the sandbox's stack, as `npm run ops -- …` does. @returns what it printed. @throws with its error text. */
export function ops(...words: string[]): Promise<string> {
  return run(process.execPath, ["--import", "tsx", "cli/index.ts", "ops", ...words]);
}
