import { start, type Outcome, type StartOptions } from "./start";

/** How to run a command to its end. */
export interface CommandOptions extends Omit<StartOptions, "outlives" | "messages"> {
  /** Its standard input. @default empty */
  readonly input?: string | Buffer | undefined;
  /**
   * Abort it to interrupt the command; `run` still waits for its end. Such a command has a process group of its own: a terminal sends Ctrl-C to a whole group, and the
   * Pulumi CLI takes a second interrupt as a request to quit at once.
   */
  readonly signal?: AbortSignal | undefined;
}

/** Lines of output in the error of a failed command: enough to see what went wrong in a build. */
const SHOWN_LINES = 30;

/** Words of a command in its error: later ones are long, or values that must not be logged. */
const SHOWN_WORDS = 5;

/**
 * Runs a command to its end.
 *
 * @returns its standard output without the last line break
 * @throws an error that names the command, says how it ended, and ends with its last lines
 */
export async function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const last: string[] = [];
  const onLine: StartOptions["onLine"] = (line, from) => {
    last.push(line);
    if (last.length > SHOWN_LINES) last.shift();
    options.onLine?.(line, from);
  };
  const { code, signal, output } = await outcome(command, args, { ...options, onLine });
  if (code === 0) return output.replace(/\n$/, "");
  const how = signal === null ? `failed with code ${code ?? "unknown"}` : `was ended by ${signal}`;
  const shown = last.join("\n").trim();
  throw new Error(`${named(command, args)} ${how}${shown === "" ? "" : `: ${shown}`}`);
}

/**
 * Runs a command to its end, however it ends.
 *
 * @throws an error that names the command, and says why it could not be run
 */
export async function outcome(
  command: string,
  args: readonly string[],
  { signal, ownGroup = signal !== undefined, ...options }: CommandOptions = {},
): Promise<Outcome> {
  const running = start(command, args, { ...options, ownGroup });
  const interrupt = () => {
    running.kill("SIGINT");
  };
  signal?.addEventListener("abort", interrupt);
  if (signal?.aborted === true) interrupt();
  try {
    return await running.ended.catch((error: unknown) => {
      throw new Error(`${named(command, args)} ${(error as Error).message}`, { cause: error });
    });
  } finally {
    signal?.removeEventListener("abort", interrupt);
  }
}

/** Whether a command can be run and succeeds. */
export async function succeeds(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<boolean> {
  return outcome(command, args, options).then(
    ({ code }) => code === 0,
    () => false,
  );
}

const named = (command: string, args: readonly string[]): string =>
  `\`${[command, ...args].slice(0, SHOWN_WORDS).join(" ")}\``;
