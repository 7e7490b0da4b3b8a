import { readFileSync, readdirSync } from "node:fs";
import { until } from "./wait";

/** A process, identified by more than its pid, which the kernel reuses. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from the start of the machine to that of the process. */
  readonly startTime: string;
  /** Boot id of the machine: both numbers above can occur again after a restart. */
  readonly boot: string;
}

/** The machine's current boot id. */
export function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

/** State letter, parent and start time from the text of a `/proc/<pid>/stat`. */
export function parseStat(stat: string): { state: string; parent: number; startTime: string } {
  // The second field, the name in parentheses, may itself contain spaces and parentheses.
  const [state = "", ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state, parent: Number(fields[0]), startTime: fields[18] ?? "" };
}

/** Identity of a running process; undefined when it does not run. A zombie does not run. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const { state, startTime } = parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
    return state === "Z" || state === "X" ? undefined : { pid, startTime, boot: bootId() };
  } catch {
    return undefined;
  }
}

/** Whether exactly this process still runs. */
export function isRunning(process: ProcessIdentity): boolean {
  const now = identify(process.pid);
  return now !== undefined && now.startTime === process.startTime && now.boot === process.boot;
}

/** Sends a signal; does nothing when the process has ended. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/**
 * Ends processes: with SIGTERM first, then kills those that take longer than allowed.
 *
 * @param patience - seconds from the request to the kill; 0 kills at once
 */
export async function end(processes: readonly ProcessIdentity[], patience: number): Promise<void> {
  if (patience > 0) {
    for (const { pid } of processes.filter(isRunning)) signal(pid, "SIGTERM");
    try {
      await untilGone(processes, patience);
      return;
    } catch {
      // Their time is over.
    }
  }
  for (const { pid } of processes.filter(isRunning)) signal(pid, "SIGKILL");
  await untilGone(processes, 10);
}

async function untilGone(processes: readonly ProcessIdentity[], timeout: number): Promise<void> {
  const left = () => processes.filter(isRunning).map(({ pid }) => pid);
  await until(() => Promise.resolve(left().length === 0), {
    what: "processes to end",
    timeout,
    explain: () => `still there: ${left().join(", ")}`,
  });
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

/** Content of a file of a process, which may end at any moment. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
