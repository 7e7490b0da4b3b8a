import { setTimeout as delay } from "node:timers/promises";

/** What is waited for, and how patiently. */
export interface Wait {
  /** Ends the sentence "Waited in vain for …". */
  readonly what: string;
  /** Seconds. */
  readonly timeout: number;
  /** Milliseconds between two looks; 100 by default. */
  readonly interval?: number;
  /** Says why it is not yet so, for the error; or throws to give up at once. */
  readonly explain?: () => Promise<string> | string;
}

/**
 * Looks again and again until something holds.
 *
 * @throws when it does not within the time allowed.
 */
export async function until(condition: () => Promise<boolean>, wait: Wait): Promise<void> {
  const deadline = performance.now() + wait.timeout * 1000;
  while (!(await condition())) {
    if (performance.now() > deadline) {
      const why = wait.explain ? `: ${await wait.explain()}` : "";
      throw new Error(`Waited in vain for ${wait.what} (${wait.timeout} s)${why}`);
    }
    await delay(wait.interval ?? 100);
  }
}
