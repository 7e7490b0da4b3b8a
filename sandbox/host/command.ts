import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** How to run a command. */
export interface CommandOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Record<string, string>;
  /** What the command reads from standard input; nothing by default. */
  readonly input?: string;
  /** Called with each line of error output. */
  readonly onLine?: (line: string) => void;
}

/** Lines of a failed command's output that its error shows. */
const shownLines = 15;

/**
 * Runs a command to its end.
 *
 * @returns its standard output without the last line break
 * @throws an error that names the command and ends with the last lines of its error output.
 */
export async function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { cwd, env, input, onLine } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
    let output = "";
    const errors: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    createInterface({ input: child.stderr }).on("line", (line) => {
      errors.push(line);
      if (errors.length > shownLines) errors.shift();
      onLine?.(line);
    });
    const failed = (how: string) => {
      const told = (errors.join("\n") || output.trim().split("\n").slice(-shownLines).join("\n")).trim();
      reject(new Error(`\`${[command, ...args.slice(0, 4)].join(" ")}\` ${how}${told ? `: ${told}` : ""}`));
    };
    child.on("error", (error) => {
      failed(`could not be run (${error.message})`);
    });
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output.replace(/\n$/, ""));
      else failed(signal ? `was ended by ${signal}` : `failed with code ${code ?? "unknown"}`);
    });
    // A command that does not read its input closes it early; its exit code says whether it failed.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}

/** Whether a command exists and succeeds. */
export async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: "ignore" });
    child.on("error", () => {
      resolve(false);
    });
    child.on("close", (code) => {
      resolve(code === 0);
    });
  });
}
