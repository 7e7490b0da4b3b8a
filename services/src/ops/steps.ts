import { CommanderError } from "commander";
import { InterruptedError, RefusedError } from "./refused.js";

/** A part of a change, which can be repeated. */
export interface Step {
  /** For people. */
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

/** Attempts for a step that fails unexpectedly. */
const TRIES = 3;
const PAUSE_MS = 500;

/** Runs steps one after the other, until one fails. An unexpected failure is retried; a refusal is final, because it has waited already. */
export async function inTurn(steps: readonly Step[], print: (line: string) => void): Promise<void> {
  for (const { name, run } of steps) {
    print(`— ${name}`);
    for (let tries = 1; ; tries++) {
      try {
        await run();
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
