import { start } from "kafka-stack-processes";
import { settings, STACK } from "./stack";

/** How an `up` ended. */
export interface Ended {
  /** Seconds from its start to its end. */
  readonly seconds: number;
  /** Seconds from the signal to its end; absent when it had ended before. */
  readonly afterSignal?: number;
  readonly printed: string;
}

/**
 * Runs `npm run up` as a process, and ends it by a signal some time after its start. If it has already ended, nothing is interrupted; that is no
 * error, because the duration of a change varies.
 *
 * @param seconds when to send the signal. @default never
 */
export async function endedUp(
  changed: Readonly<Record<string, string>>,
  signal: NodeJS.Signals = "SIGKILL",
  seconds?: number,
): Promise<Ended> {
  const words = settings(changed).flatMap((setting) => ["-c", setting]);
  const command = ["--import", "tsx", "cli/index.ts", "up", "--stack", STACK, ...words];
  const started = Date.now();
  const up = start(process.execPath, command);
  let signalled: number | undefined;
  const timer =
    seconds === undefined
      ? undefined
      : setTimeout(() => {
          signalled = Date.now();
          up.kill(signal);
        }, seconds * 1000);
  await up.ended;
  clearTimeout(timer);
  const ended = Date.now();
  return {
    seconds: (ended - started) / 1000,
    ...(signalled !== undefined && { afterSignal: (ended - signalled) / 1000 }),
    printed: up.said,
  };
}
