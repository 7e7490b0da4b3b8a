import { CommanderError } from "commander";
import { createProgram } from "./program.js";
import { InterruptedError, RefusedError } from "./refused.js";

/** Exit code of a process that a signal ended: its Job starts another pod. */
const TERMINATED = 143;

/** Milliseconds in which work that was asked to stop may report that itself. */
const ANSWER_MS = 1_000;

/** Exit codes: 0 done; 1 refused or failed; 2 bad usage; 143 asked to stop. The last line says why. */
async function main(): Promise<number> {
  const stopping = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      stopping.abort();
      // There is nothing to clean up: only waits for moves react to the request, and others must not delay the end.
      setTimeout(() => {
        process.stderr.write(`${new InterruptedError().message}\n`);
        process.exit(TERMINATED);
      }, ANSWER_MS).unref();
    });
  }
  const program = createProgram({
    bootstrap: process.env["KAFKA_BOOTSTRAP_ADDRESS"] ?? "localhost:9092",
    tlsDirectory: process.env["KAFKA_TLS_DIR"],
    passwords: process.env["KAFKA_PASSWORDS_DIR"],
    orders: process.env["KAFKA_ORDERS_DIR"],
    print: (line) => {
      process.stdout.write(`${line}\n`);
    },
    signal: stopping.signal,
    begun: process.env["KAFKA_BEGUN_FILE"],
    earlier: process.env["KAFKA_EARLIER_CONFIG_DIR"],
  });
  try {
    await program.parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const failure = error as Error;
    const expected = failure instanceof RefusedError || failure instanceof InterruptedError;
    process.stderr.write(`${expected ? failure.message : (failure.stack ?? failure.message)}\n`);
    return stopping.signal.aborted ? TERMINATED : 1;
  }
}

process.exitCode = await main();
