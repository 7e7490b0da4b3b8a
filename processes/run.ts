import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";

/** How to run a command. */
export interface CommandOptions {
  /** Its folder. @default that of this process */
  readonly cwd?: string | undefined;
  /** Its whole environment. @default that of this process */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Its standard input. @default empty */
  readonly input?: string | undefined;
  /** Receives each line of its standard output and standard error. */
  readonly onLine?: ((line: string) => void) | undefined;
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
  const { cwd, env, input, onLine, signal } = options;
  const child = spawn(command, args, { cwd, env, stdio: ["pipe", "pipe", "pipe"], detached: signal !== undefined });
  const interrupt = () => child.kill("SIGINT");
  signal?.addEventListener("abort", interrupt);
  if (signal?.aborted === true) interrupt();
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const last: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      last.push(line);
      if (last.length > SHOWN_LINES) last.shift();
      onLine?.(line);
    });
  }
  // A command that does not read its input closes it early; its exit code says the rest.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  try {
    const how = await ending(child, command, cwd);
    if (how === undefined) return output.replace(/\n$/, "");
    const told = last.join("\n").trim();
    throw new Error(
      `\`${[command, ...args].slice(0, SHOWN_WORDS).join(" ")}\` ${how}${told === "" ? "" : `: ${told}`}`,
    );
  } finally {
    signal?.removeEventListener("abort", interrupt);
  }
}

/** Whether a command can be run and succeeds. */
export async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  return (await ending(spawn(command, args, { stdio: "ignore" }), command)) === undefined;
}

/** How a command failed; nothing when it succeeded. */
function ending(child: ChildProcess, command: string, cwd?: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.on("error", (error: NodeJS.ErrnoException) => {
      const missing =
        cwd !== undefined && !existsSync(cwd)
          ? `its folder ${cwd} is not there`
          : `${command} is not installed (not found on the PATH)`;
      resolve(`could not be run: ${error.code === "ENOENT" ? missing : error.message}`);
    });
    child.on("close", (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(signal === null ? `failed with code ${code ?? "unknown"}` : `was ended by ${signal}`);
    });
  });
}
