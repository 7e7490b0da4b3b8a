import { notYet, until as wait } from "kafka-stack-waiting";

/**
 * Waits for a condition, which returns null when it holds, and what is missing otherwise; an error only means that it does not hold yet.
 *
 * @param what a sentence about the condition, for the error
 * @param seconds how long to wait
 * @throws what was missing last, after the timeout
 */
export async function until(what: string, seconds: number, missing: () => Promise<string | null>): Promise<void> {
  const condition = async () => {
    const now = await missing();
    return now === null || notYet(now);
  };
  await wait(condition, { what, timeout: seconds * 1000, interval: 250, despite: () => true });
}
