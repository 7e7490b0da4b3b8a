/** Runs command-line tools. */
import { spawn } from "node:child_process";
import * as readline from "node:readline";

/** How to run a tool. */
export interface ToolOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** What it reads from its standard input. @default nothing */
  readonly input?: string;
  /** Takes each line of its output as it comes. */
  readonly onLine?: (line: string) => void;
  /** Aborted when the tool shall end: it is interrupted then, and its own end is waited for. */
  readonly signal?: AbortSignal | undefined;
}

/** A tool that ended with an error. */
export class ToolError extends Error {}

// Enough to see what went wrong in a build.
const ERROR_LINES = 30;

/**
 * Runs a tool to its end.
 *
 * @returns its standard output
 * @throws ToolError when it is not installed or fails, with its last lines
 */
export async function runTool(command: string, args: readonly string[], options: ToolOptions): Promise<string> {
  const child = spawn(command, args, { env: options.env, cwd: options.cwd, stdio: ["pipe", "pipe", "pipe"] });
  options.signal?.addEventListener("abort", () => child.kill("SIGINT"));
  const stdout: string[] = [];
  const last: string[] = [];
  const listen = (stream: NodeJS.ReadableStream, keep: (line: string) => void) => {
    const lines = readline.createInterface({ input: stream });
    lines.on("line", (line) => {
      keep(line);
      last.push(line);
      last.splice(0, last.length - ERROR_LINES);
      options.onLine?.(line);
    });
    return new Promise((resolve) => lines.on("close", resolve));
  };
  const read = [listen(child.stdout, (line) => stdout.push(line)), listen(child.stderr, () => undefined)];
  // A tool that ends without reading its input is no error of ours.
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "ENOENT" ? new ToolError(`${command} is not installed (not found on the PATH)`) : error);
    });
    child.on("close", (status) => {
      resolve(status ?? 1);
    });
  });
  await Promise.all(read);
  if (code !== 0) {
    const subcommand = args.find((argument) => !argument.startsWith("-")) ?? "";
    throw new ToolError([`${command} ${subcommand} ended with exit code ${code}`, ...last].join("\n    "));
  }
  return stdout.join("\n");
}

/** Gives the latest of many lines now and then, so that a long tool shows that it works. */
export function everyFewSeconds(note: (line: string) => void): (line: string) => void {
  const period = 5_000;
  let noted = Date.now();
  return (line) => {
    if (line.trim() !== "" && Date.now() - noted >= period) {
      noted = Date.now();
      note(line.trim());
    }
  };
}
