/**
 * Calls `send` at a steady rate that does not depend on the answers, and resolves when all calls have ended.
 *
 * @throws the first error of a call, after all have ended.
 */
export async function atRate(perSecond: number, seconds: number, send: () => Promise<unknown>): Promise<void> {
  const total = perSecond * seconds;
  const calls: Promise<unknown>[] = [];
  const start = performance.now();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - start) / 1_000) * perSecond));
      while (calls.length < due) {
        const call = send();
        // Checked when all have ended.
        call.catch(() => undefined);
        calls.push(call);
      }
      if (due < total) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
  const failed = (await Promise.allSettled(calls)).filter((call) => call.status === "rejected");
  if (failed[0] !== undefined) throw failed[0].reason;
}

/** A message with the time it was sent, on the clock that all processes of this machine share. */
export function stamped(): string {
  return `bench: ${process.hrtime.bigint()}`;
}
