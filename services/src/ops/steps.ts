import { CommanderError } from "commander";
import { InterruptedError, RefusedError } from "./refused.js";

/** A part of a change. Each can be run again. */
export interface Step {
  /** For people. */
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

/** Times that a step is tried when it fails for a reason that nobody foresaw. */
const TRIES = 3;
const PAUSE_MS = 500;

/** Runs steps one after the other, until the first that fails. One that fails unexpectedly is tried again; a refusal, which had its own patience, is final. */
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
