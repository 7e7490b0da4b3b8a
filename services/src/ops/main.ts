import { type Command, CommanderError } from "commander";
import { createProgram } from "./program.js";
import { RefusedError } from "./refused.js";

/** Exit codes: 0 done; 1 failed, try again; 2 bad usage; 3 refused, another try would be refused too. The last line says why. */
async function main(): Promise<number> {
  const stopping = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      // The first time, what is under way is ended properly; the second time, at once.
      if (stopping.signal.aborted) process.exit(1);
      stopping.abort();
    });
  }
  const program = createProgram({
    bootstrap: process.env["KAFKA_BOOTSTRAP_ADDRESS"] ?? "localhost:9092",
    print: (line) => {
      process.stdout.write(`${line}\n`);
    },
    signal: stopping.signal,
  });
  throwInsteadOfExit(program);
  try {
    await program.parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const failure = error as Error;
    process.stderr.write(`${failure instanceof RefusedError ? failure.message : (failure.stack ?? failure.message)}\n`);
    return failure instanceof RefusedError && failure.final ? 3 : 1;
  }
}

function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  command.commands.forEach(throwInsteadOfExit);
}

process.exitCode = await main();
