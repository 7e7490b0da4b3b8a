import { CommanderError } from "commander";
import { setTimeout as delay } from "node:timers/promises";
import { formatDuration } from "./format.js";
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

/** Milliseconds between two tries of work that nobody waits for. */
const LATER_MS = 60_000;

/** How work that nobody waits for is tried again. */
export interface Tries {
  readonly print: (line: string) => void;
  /** Aborted when the process is asked to stop. */
  readonly signal: AbortSignal;
  /** Milliseconds between two tries. @default a minute */
  readonly pauseMs?: number;
}

/**
 * Runs work that nobody waits for, so that nobody would run it again either: whatever it fails for, refusals too, it is tried again until it succeeds.
 *
 * @throws {@link InterruptedError} when the process is asked to stop.
 */
export async function untilDone(
  run: () => Promise<unknown>,
  { print, signal, pauseMs = LATER_MS }: Tries,
): Promise<void> {
  for (;;) {
    try {
      await run();
      return;
    } catch (error) {
      if (signal.aborted) throw new InterruptedError();
      print(`Trying again in ${formatDuration(pauseMs / 1_000)} after: ${(error as Error).message}`);
      await delay(pauseMs, undefined, { signal }).catch(() => {
        throw new InterruptedError();
      });
    }
  }
}

function isFinal(error: unknown): boolean {
  return [RefusedError, InterruptedError, CommanderError].some((kind) => error instanceof kind);
}
