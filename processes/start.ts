import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** How to start a command. */
export interface StartOptions {
  /** Its folder. @default that of this process */
  readonly cwd?: string | undefined;
  /** Its whole environment. @default that of this process */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** The user and group that it runs as. @default those of this process */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** Its standard input. `open` stays open for {@link Running.write}. @default empty */
  readonly input?: string | Buffer | { readonly open: true } | undefined;
  /**
   * Where its output goes. `kept`: into {@link Outcome}. `errors`: standard error to the terminal, standard output kept. A log: both are appended to this file.
   * @default kept
   */
  readonly output?: "kept" | "errors" | "terminal" | { readonly log: string } | undefined;
  /** Receives each line of the output that is kept. */
  readonly onLine?: ((line: string, from: "output" | "errors") => void) | undefined;
  /** Whether it leads a process group of its own: no Ctrl-C of a terminal reaches it, and {@link Running.killGroup} ends its children too. @default false */
  readonly ownGroup?: boolean | undefined;
  /** Whether this process may end before it. It leads a group of its own then, and its output must not be kept. @default false */
  readonly outlives?: boolean | undefined;
  /** Whether it is a Node.js that exchanges messages with this process: {@link Running.send}, {@link Running.message}. @default false */
  readonly messages?: boolean | undefined;
  /** Seconds after which it is ended by SIGTERM. @default never */
  readonly timeout?: number | undefined;
}

/** How a command ended, and its output as far as it was kept. */
export interface Outcome {
  /** Its exit code; null when a signal ended it. */
  readonly code: number | null;
  /** The signal that ended it. */
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
  /** Standard output as bytes. */
  readonly bytes: Buffer;
}

/**
 * Starts a command. {@link Running.ended} is rejected when it cannot be run, with the reason.
 *
 * @param command - a program's path, or a name to find on the PATH
 */
export function start(command: string, args: readonly string[], options: StartOptions = {}): Running {
  return new Running(command, args, options);
}

/** A command that was started. */
export class Running {
  /** Resolves when it has ended and all its output has arrived: children that hold the output open delay it. */
  readonly ended: Promise<Outcome>;
  /** Resolves when it has ended. Output may still arrive. */
  readonly exited: Promise<Pick<Outcome, "code" | "signal">>;
  private readonly child: ChildProcess;
  private readonly kept = { output: [] as Buffer[], errors: [] as Buffer[], all: [] as Buffer[] };
  private readonly watchers = new Set<() => void>();

  constructor(command: string, args: readonly string[], options: StartOptions) {
    const { cwd, env, user, input, onLine, ownGroup = false, outlives = false, timeout } = options;
    const log = typeof options.output === "object" ? openSync(options.output.log, "a") : undefined;
    this.child = spawn(command, args, {
      cwd,
      env,
      ...user,
      detached: ownGroup || outlives,
      stdio: stdioOf(options, log),
      ...(timeout !== undefined && { timeout: timeout * 1000 }),
    });
    if (log !== undefined) closeSync(log);
    if (outlives) this.child.unref();
    this.ended = this.untilEnd(reasonOf(command, cwd));
    this.exited = Promise.race([this.untilExit(), this.ended]);
    // Who does not wait for the end does not have to handle that it could not start.
    for (const promise of [this.ended, this.exited]) promise.catch(() => undefined);
    this.keep("output", this.child.stdout, onLine);
    this.keep("errors", this.child.stderr, onLine);
    const { stdin } = this.child;
    // A command that does not read its input closes it early; its exit code says the rest.
    stdin?.on("error", () => undefined);
    if (typeof input === "string" || Buffer.isBuffer(input)) stdin?.end(input);
  }

  /** Its process id; nothing when it could not be started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Its exit code, once it has ended by itself. */
  get exitCode(): number | null {
    return this.child.exitCode;
  }

  /** Whether it was started and has not ended. */
  get runs(): boolean {
    return this.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Its standard output so far. */
  get output(): string {
    return text(this.kept.output);
  }

  /** Its standard error so far. */
  get errors(): string {
    return text(this.kept.errors);
  }

  /** Its standard output and standard error so far, in the order in which they came. */
  get said(): string {
    return text(this.kept.all);
  }

  /** Waits until its output matches. @returns the match @throws what it said, when it ends without that */
  async says(pattern: RegExp, where: "output" | "errors" | "said" = "said"): Promise<RegExpExecArray> {
    const { promise, resolve } = Promise.withResolvers<RegExpExecArray>();
    const look = () => {
      const found = pattern.exec(this[where]);
      if (found) resolve(found);
    };
    this.watchers.add(look);
    look();
    const never = this.ended.then(() => {
      look();
      throw new Error(`it ended and never said ${String(pattern)}; it said:\n${this.said}`);
    });
    try {
      return await Promise.race([promise, never]);
    } finally {
      this.watchers.delete(look);
    }
  }

  /** Writes to its standard input, which must be open. */
  write(text: string): void {
    this.child.stdin?.write(text);
  }

  /** Ends its standard input. */
  endInput(): void {
    this.child.stdin?.end();
  }

  /** Sends it a message. */
  send(message: string | object): void {
    this.child.send(message);
  }

  /** The next message that it sends. @throws when it ends before */
  async message(): Promise<unknown> {
    const ended = this.exited.then(() => {
      throw new Error("it ended and sent no message");
    });
    return Promise.race([once(this.child, "message").then(([message]) => message as unknown), ended]);
  }

  /** Sends it a signal. */
  kill(signal: NodeJS.Signals = "SIGTERM"): void {
    this.child.kill(signal);
  }

  /** Sends a signal to it and its children: all of its own process group. */
  killGroup(signal: NodeJS.Signals = "SIGTERM"): void {
    if (this.pid === undefined) return;
    try {
      process.kill(-this.pid, signal);
    } catch (error) {
      // All of them have ended.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  /** Sends it a signal, unless it has ended, and waits until it has. @returns its exit code */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    if (this.runs) this.kill(signal);
    return (await this.exited).code;
  }

  private keep(name: "output" | "errors", stream: Readable | null, onLine: StartOptions["onLine"]): void {
    if (stream === null) return;
    stream.on("data", (chunk: Buffer) => {
      this.kept[name].push(chunk);
      this.kept.all.push(chunk);
      for (const look of this.watchers) look();
    });
    if (onLine) {
      createInterface({ input: stream }).on("line", (line) => {
        onLine(line, name);
      });
    }
  }

  private untilExit(): Promise<Pick<Outcome, "code" | "signal">> {
    return new Promise((resolve) => {
      this.child.once("exit", (code, signal) => {
        resolve({ code, signal });
      });
    });
  }

  private untilEnd(reason: (error: NodeJS.ErrnoException) => string): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.child.on("error", (error) => {
        // Also an error of a signal or a message to a command that runs; only one that has no process was not started.
        if (this.pid === undefined) reject(new Error(reason(error), { cause: error }));
      });
      this.child.once("close", (code, signal) => {
        const { output, errors } = this;
        resolve({ code, signal, output, errors, bytes: Buffer.concat(this.kept.output) });
      });
    });
  }
}

const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString("utf8");

function stdioOf({ input, output = "kept", messages = false }: StartOptions, log: number | undefined): StdioOptions {
  const stdin = input === undefined ? "ignore" : "pipe";
  const streams = {
    kept: ["pipe", "pipe"],
    errors: ["pipe", "inherit"],
    terminal: ["inherit", "inherit"],
  } as const;
  const [out, errors] = typeof output === "string" ? streams[output] : [log, log];
  return [stdin, out, errors, ...(messages ? (["ipc"] as const) : [])];
}

/** Why a command could not be run. */
function reasonOf(command: string, cwd: string | undefined): (error: NodeJS.ErrnoException) => string {
  const missing = () =>
    cwd !== undefined && !existsSync(cwd)
      ? `its folder ${cwd} is not there`
      : `${command} is not installed (not found on the PATH)`;
  return ({ code, message }) => `could not be run: ${code === "ENOENT" ? missing() : message}`;
}
