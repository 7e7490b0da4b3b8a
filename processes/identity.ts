import { existsSync, readFileSync } from "node:fs";

/** Identifies a process by more than its pid, which the kernel reuses. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks between the machine's boot and the process's start; empty without /proc. */
  readonly startTime: string;
  /** The boot id, because pid and start time can repeat after a reboot. Empty without /proc. */
  readonly boot: string;
}

/** The machine's current boot id; empty without /proc. */
export function bootId(): string {
  return hasProc() ? readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim() : "";
}

/** State letter, parent and start time in the text of `/proc/<pid>/stat`. */
export function parseStat(stat: string): { state: string; parent: number; startTime: string } {
  // The second field, the name in parentheses, may itself contain spaces and parentheses.
  const [state = "", ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state, parent: Number(fields[0]), startTime: fields[18] ?? "" };
}

/**
 * The identity of a running process; nothing when it is not running. A zombie is not running.
 *
 * @throws when the system does not say: a failed lookup does not mean that the process has ended
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

/** Whether this process is still running. @throws when the system does not say */
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
    // It exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
