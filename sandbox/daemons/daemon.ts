import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { builtKey } from "../build/go";
import { identify, isRunning, start, type ProcessIdentity } from "kafka-stack-processes";
import { notYet, until } from "kafka-stack-waiting";
import { end } from "../host/process";
import { withoutProxy } from "../host/proxy";
import type { Paths } from "../paths";

/** A long-running program of the sandbox. */
export interface Daemon {
  /** Unique; names the log file and the record. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment of this process. */
  readonly env?: Record<string, string>;
  /** Configuration, path → content: written before each start; a change of it restarts the daemon. */
  readonly files?: Record<string, string>;
  /** Whether it is ready, given the time of its start; without this function, running is enough. */
  readonly ready?: (startedAt: Date) => Promise<boolean>;
  /** Seconds to become ready; 120 by default, because the machine may be busy. */
  readonly timeout?: number;
  /** Called before a start, but not when the daemon already runs. */
  readonly prepare?: () => void | Promise<void>;
}

/** The record of a started daemon. */
export interface DaemonRecord extends ProcessIdentity {
  readonly name: string;
  /** Hash of how it was started; a different one means that it must restart. */
  readonly fingerprint: string;
  /** When it was started, as ISO 8601. */
  readonly startedAt: string;
}

/** Size above which a log is rotated (`<name>.log.1`) at the next start, in bytes. */
const maxLog = 20 * 1024 * 1024;

/** Starts, watches and ends the daemons of one sandbox. They outlive the process that started them. */
export class Daemons {
  constructor(private readonly paths: Paths) {}

  /** Log file of a daemon. */
  log(name: string): string {
    return join(this.paths.log, `${name}.log`);
  }

  /** Records of all daemons that were started and not stopped; they may have died since. */
  records(): DaemonRecord[] {
    if (!existsSync(this.paths.run)) return [];
    return readdirSync(this.paths.run)
      .filter((file) => file.endsWith(".json"))
      .map((file) => JSON.parse(readFileSync(join(this.paths.run, file), "utf8")) as DaemonRecord);
  }

  /**
   * Reconciles a daemon: keeps one that runs as described, starts a dead one, restarts one that was started differently; then waits until it is ready.
   *
   * @throws with the log's name and last lines when it dies or does not become ready in time.
   */
  async ensure(daemon: Daemon): Promise<void> {
    const fingerprint = this.fingerprint(daemon);
    const known = this.records().find(({ name }) => name === daemon.name);
    if (!known || !isRunning(known) || known.fingerprint !== fingerprint) {
      if (known) await end([known], 10);
      await this.start(daemon, fingerprint);
    }
    await this.ready(daemon);
  }

  /** Ends a daemon, if it runs, and forgets it. */
  async stop(name: string, patience = 10): Promise<void> {
    const record = this.records().find((each) => each.name === name);
    if (!record) return;
    await end([record], patience);
    rmSync(this.recordFile(name), { force: true });
  }

  /** Last lines of a daemon's log. */
  tail(name: string, lines = 10): string {
    const log = this.log(name);
    return existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n").slice(-lines).join("\n") : "(no log)";
  }

  private async start(daemon: Daemon, fingerprint: string): Promise<void> {
    for (const directory of [this.paths.log, this.paths.run]) mkdirSync(directory, { recursive: true });
    await daemon.prepare?.();
    for (const [file, content] of Object.entries(daemon.files ?? {})) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content, { mode: 0o600 });
    }
    const log = this.log(daemon.name);
    if (existsSync(log) && statSync(log).size > maxLog) renameSync(log, `${log}.1`);
    const { pid } = start(daemon.command, daemon.args, {
      cwd: this.paths.root,
      outlives: true,
      output: { log },
      env: { ...process.env, ...withoutProxy(), ...daemon.env },
    });
    if (pid === undefined)
      throw new Error(`${daemon.name} could not be started: there is no program ${daemon.command}.`);
    const identity = identify(pid);
    if (!identity) throw new Error(`${daemon.name} ended at once. ${this.explain(daemon.name)}`);
    const record: DaemonRecord = { ...identity, name: daemon.name, fingerprint, startedAt: new Date().toISOString() };
    writeFileSync(this.recordFile(daemon.name), JSON.stringify(record));
  }

  private async ready(daemon: Daemon): Promise<void> {
    const record = this.records().find(({ name }) => name === daemon.name);
    const why = () => this.explain(daemon.name);
    const condition = async () => {
      if (!record || !isRunning(record)) throw new Error(`${daemon.name} ended. ${why()}`);
      return !daemon.ready || (await daemon.ready(new Date(record.startedAt))) || notYet(why);
    };
    const timeout = (daemon.timeout ?? 120) * 1000;
    await until(condition, { what: `${daemon.name} is ready`, timeout, interval: 100 });
  }

  private explain(name: string): string {
    return `Its log is ${this.log(name)}, which ends:\n${this.tail(name)}`;
  }

  private fingerprint({ command, args, env, files }: Daemon): string {
    // New programs restart the daemons that run them.
    const program = command.startsWith(this.paths.bin) ? builtKey(this.paths) : "";
    return createHash("sha256")
      .update(JSON.stringify([program, command, args, env, files]))
      .digest("hex")
      .slice(0, 16);
  }

  private recordFile(name: string): string {
    return join(this.paths.run, `${name}.json`);
  }
}
