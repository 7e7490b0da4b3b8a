import { readFileSync, readdirSync } from "node:fs";
import { identify, isRunning, parseStat, type ProcessIdentity } from "kafka-stack-processes";
import { GaveUp, notYet, until } from "kafka-stack-waiting";

/** Sends a signal; does nothing when the process is gone. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/**
 * Ends processes: asks first, and kills those that take longer than allowed.
 *
 * @param patience - seconds from the request to the kill; 0 kills at once
 */
export async function end(processes: readonly ProcessIdentity[], patience: number): Promise<void> {
  if (patience > 0) {
    for (const { pid } of processes.filter(isRunning)) signal(pid, "SIGTERM");
    try {
      await untilGone(processes, patience);
      return;
    } catch (error) {
      if (!(error instanceof GaveUp)) throw error;
      // They had their time.
    }
  }
  for (const { pid } of processes.filter(isRunning)) signal(pid, "SIGKILL");
  await untilGone(processes, 10);
}

async function untilGone(processes: readonly ProcessIdentity[], seconds: number): Promise<void> {
  const gone = () => {
    const left = processes.filter(isRunning).map(({ pid }) => pid);
    return left.length === 0 || notYet(`still there: ${left.join(", ")}`);
  };
  await until(gone, { what: "processes have ended", timeout: seconds * 1000, interval: 100 });
}

/** Every process whose command line satisfies a condition. */
export function findProcesses(matches: (commandLine: readonly string[]) => boolean): ProcessIdentity[] {
  return processIds().flatMap((pid) => {
    const commandLine = read(`/proc/${pid}/cmdline`).split("\0");
    const found = matches(commandLine) ? identify(pid) : undefined;
    return found ? [found] : [];
  });
}

/** The environment that a process was started with, as `NAME=value`; empty when it has ended. */
export function environmentOf(pid: number): string[] {
  return read(`/proc/${pid}/environ`).split("\0").filter(Boolean);
}

/** The children of some processes. */
export function childrenOf(parents: readonly ProcessIdentity[]): ProcessIdentity[] {
  const wanted = new Set(parents.map(({ pid }) => pid));
  return processIds().flatMap((pid) => {
    const stat = read(`/proc/${pid}/stat`);
    const found = stat !== "" && wanted.has(parseStat(stat).parent) ? identify(pid) : undefined;
    return found ? [found] : [];
  });
}

function processIds(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Content of a file of a process, which may be gone at any moment. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
