/** One run at a time for each stack. */
import * as fs from "node:fs";
import * as path from "node:path";

/** A held lock; `release` it when done. A lock whose process has died is no lock. */
export interface Lock {
  release(): void;
}

/**
 * Takes the lock file, or fails when another process that still runs holds it.
 *
 * @throws when the lock is held, naming the process
 */
export function takeLock(file: string): Lock {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const own = JSON.stringify({ pid: process.pid, started: startTime(process.pid) });
  for (let attempt = 0; attempt < 10; attempt++) {
    try {
      fs.writeFileSync(file, own, { flag: "wx" });
      return {
        release: () => {
          fs.rmSync(file, { force: true });
        },
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        throw error;
      }
    }
    const holder = readHolder(file);
    if (holder !== undefined && isAlive(holder)) {
      throw new Error(
        `Another run (process ${holder.pid}) is working on this stack; wait for it to end (lock ${file})`,
      );
    }
    // Renaming is atomic: of several that find the same dead lock, one takes it away.
    const stale = `${file}.${process.pid}.stale`;
    try {
      fs.renameSync(file, stale);
      fs.rmSync(stale, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
        throw error;
      }
    }
  }
  throw new Error(`The lock ${file} could not be taken: other runs keep taking it`);
}

interface Holder {
  pid: number;
  started: string | undefined;
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as Holder;
  } catch {
    // Gone meanwhile, or written half before a crash: nobody holds it.
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return startTime(holder.pid) === holder.started;
}

/** When the process started, in the kernel's clock ticks, so that a reused process id is not mistaken; absent off Linux. */
function startTime(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
