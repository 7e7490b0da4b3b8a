import { existsSync, readFileSync } from "node:fs";

/** A process by more than its number, which the kernel gives again to others. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from the start of the machine to that of the process; empty where there is no /proc. */
  readonly startTime: string;
  /** Identity of the machine's run: both numbers above can come again after a restart. Empty where there is no /proc. */
  readonly boot: string;
}

/** Identity of the machine's present run; empty where there is no /proc. */
export function bootId(): string {
  return hasProc() ? readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim() : "";
}

/** State letter, parent and start time from the text of a `/proc/<pid>/stat`. */
export function parseStat(stat: string): { state: string; parent: number; startTime: string } {
  // The second field, the name in parentheses, may hold spaces and parentheses itself.
  const [state = "", ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state, parent: Number(fields[0]), startTime: fields[18] ?? "" };
}

/**
 * Identity of a running process, or nothing when there is none; one that ended and only waits to be reaped is none.
 *
 * @throws when the system does not say: a process that could not be looked up is not one that has ended
 */
export function identify(pid: number): ProcessIdentity | undefined {
  if (!hasProc()) return isThere(pid) ? { pid, startTime: "", boot: "" } : undefined;
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
  const { state, startTime } = parseStat(stat);
  return state === "Z" || state === "X" ? undefined : { pid, startTime, boot: bootId() };
}

/** Whether this very process still runs. @throws when the system does not say */
export function isRunning(process: ProcessIdentity): boolean {
  const now = identify(process.pid);
  return now !== undefined && now.startTime === process.startTime && now.boot === process.boot;
}

function hasProc(): boolean {
  return existsSync("/proc/self/stat");
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and another user's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
