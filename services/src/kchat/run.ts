import pino, { type Logger } from "pino";
import { SettingsError } from "./settings.js";

/** A started service. */
export interface Service {
  /** Ends readiness, waits until traffic has gone elsewhere, finishes what is under way, closes everything. */
  stop(): Promise<void>;
}

/** A logger that writes JSON lines to stdout. Message bodies are never given to it. */
export function createLogger(name: string, level: string): Logger {
  return pino({ name, level, base: { name }, timestamp: pino.stdTimeFunctions.isoTime });
}

/** Starts a service, stops it on SIGTERM or SIGINT, and ends the process with 0 after a stop, 1 when it could not start. */
export async function runService(start: () => Promise<Service>): Promise<void> {
  try {
    const service = await start();
    let stopping = false;
    const stop = () => {
      // A second signal means: now.
      if (stopping) process.exit(1);
      stopping = true;
      void service.stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    };
    process.on("SIGTERM", stop);
    process.on("SIGINT", stop);
  } catch (error) {
    const message =
      error instanceof SettingsError
        ? error.message
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error);
    process.stderr.write(`${message}\n`);
    process.exitCode = error instanceof SettingsError ? 2 : 1;
  }
}
