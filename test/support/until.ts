import { setTimeout as delay } from "node:timers/promises";

/**
 * Waits for a condition, which returns null when it holds, and what is missing otherwise.
 *
 * @param seconds how long to wait.
 * @throws what was missing last, after the timeout.
 */
export async function until(what: string, seconds: number, missing: () => Promise<string | null>): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const now = await missing().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    if (now === null) return;
    if (Date.now() > deadline) throw new Error(`${what}: not after ${seconds} s: ${now}`);
    await delay(250);
  }
}
