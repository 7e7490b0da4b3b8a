import { CommanderError } from "commander";
import { InterruptedError, RefusedError } from "./refused.js";

/** Times that a step is tried when it fails for a reason that nobody foresaw. */
const TRIES = 3;
const PAUSE_MS = 500;

/**
 * Runs commands one after the other, until the first that fails. Each can be run again, so one that fails unexpectedly is; a refusal, which had its own patience, is final.
 *
 * @param run - runs one command, given as its words
 */
export async function inTurn(
  steps: readonly string[],
  print: (line: string) => void,
  run: (words: string[]) => Promise<unknown>,
): Promise<void> {
  for (const step of steps) {
    print(`ops ${step}`);
    for (let tries = 1; ; tries++) {
      try {
        await run(step.split(" "));
        break;
      } catch (error) {
        if (isFinal(error) || tries === TRIES) throw error;
        print(`Trying again after: ${(error as Error).message}`);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }
}

function isFinal(error: unknown): boolean {
  return [RefusedError, InterruptedError, CommanderError].some((kind) => error instanceof kind);
}
