import { setTimeout as delay } from "node:timers/promises";

/** What is waited for, and how patiently. */
export interface Wait {
  /** Ends the sentence "Gave up after N s of waiting for …". */
  readonly what: string;
  /** Seconds. */
  readonly timeout: number;
  /** Milliseconds between two checks; 100 by default. */
  readonly interval?: number;
  /** Returns why the condition does not hold yet, for the error; or throws to give up at once. */
  readonly explain?: () => Promise<string> | string;
}

/**
 * Polls until a condition holds.
 *
 * @throws when it does not within the time allowed.
 */
export async function until(condition: () => Promise<boolean>, wait: Wait): Promise<void> {
  const deadline = performance.now() + wait.timeout * 1000;
  while (!(await condition())) {
    if (performance.now() > deadline) {
      const why = wait.explain ? `: ${await wait.explain()}` : "";
      throw new Error(`Gave up after ${wait.timeout} s of waiting for ${wait.what}${why}`);
    }
    await delay(wait.interval ?? 100);
  }
}
