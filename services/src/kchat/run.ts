import pino, { type Logger } from "pino";
import { SettingsError } from "./settings.js";

/** A running service. */
export interface Service {
  /** Becomes unready, waits until traffic has moved elsewhere, finishes pending requests, and closes everything. */
  stop(): Promise<void>;
}

/** A logger of JSON lines on standard output. It must never get message bodies. */
export function createLogger(name: string, level: string): Logger {
  return pino({ name, level, base: { name }, timestamp: pino.stdTimeFunctions.isoTime });
}

/** Starts a service and stops it on SIGTERM or SIGINT. The process exits with 0 after a stop, with 1 when the service could not start. */
export async function runService(start: () => Promise<Service>): Promise<void> {
  try {
    const service = await start();
    let stopping = false;
    const stop = () => {
      // A second signal stops it at once.
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
