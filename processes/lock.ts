import { createHash, randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { notYet, until } from "kafka-stack-waiting";
import { identify, isRunning, type ProcessIdentity } from "./identity";

/** A lock that this process holds. The lock of an ended process is free. */
export interface Lock {
  /** Releases the lock. */
  release(): void;
}

/** The result of trying to take a lock: the lock, or its holder. */
export type Attempt = { readonly lock: Lock } | { readonly holder: ProcessIdentity };

/** Milliseconds between attempts on a lock that another process holds. */
const INTERVAL_MS = 200;

/** How long to wait for another process's work, in milliseconds. */
const PATIENCE_MS = 1_800_000;

/** Takes a lock, unless a running process holds it. @param file - exists while the lock is held, and names the holder */
export function tryLock(file: string): Attempt {
  const own = identify(process.pid);
  if (own === undefined) throw new Error("This process cannot find itself in /proc.");
  mkdirSync(dirname(file), { recursive: true });
  for (;;) {
    const attempt = take(file, own);
    if (attempt !== "again") return attempt;
  }
}

/** The running process that holds a lock, if any. */
export function holderOf(file: string): ProcessIdentity | undefined {
  const holder = holderIn(read(file));
  return holder !== undefined && isRunning(holder) ? holder : undefined;
}

/**
 * Runs work that must not run twice at the same time; waits while another process is running it.
 *
 * @param onWait - called once when another process is running it
 */
export async function exclusively<T>(file: string, onWait: (pid: number) => void, work: () => Promise<T>): Promise<T> {
  let announced = false;
  const taken = () => {
    const attempt = tryLock(file);
    if ("lock" in attempt) return attempt.lock;
    const { pid } = attempt.holder;
    if (!announced) onWait(pid);
    announced = true;
    return notYet(`process ${pid} has not finished its work`);
  };
  const lock = await until(taken, { what: `the lock ${file} is free`, timeout: PATIENCE_MS, interval: INTERVAL_MS });
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/** Takes the lock, or returns its holder; `again` when an obstacle has been removed. */
function take(file: string, own: ProcessIdentity): Attempt | "again" {
  // The content is unique, so that each process removes only its own file. Linking it into place keeps others from reading half of it.
  const id = randomUUID();
  const content = JSON.stringify({ ...own, id });
  const mine = `${file}.${id}`;
  writeFileSync(mine, content);
  try {
    linkSync(mine, file);
    return {
      lock: {
        release: () => {
          if (read(file) === content) rmSync(file, { force: true });
        },
      },
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(mine, { force: true });
  }
  const found = read(file);
  if (found === undefined) return "again";
  const holder = holderIn(found);
  if (holder !== undefined && isRunning(holder)) return { holder };
  return remove(file, found, own);
}

/**
 * Removes the lock of an ended process. Of several that found it, each could remove a lock that another has taken meanwhile. So a second lock guards
 * the removal, and its holder checks again.
 */
function remove(file: string, dead: string, own: ProcessIdentity): Attempt | "again" {
  const removal = take(`${file}.${createHash("sha256").update(dead).digest("hex").slice(0, 16)}`, own);
  if (removal === "again" || "holder" in removal) return removal;
  if (read(file) === dead) rmSync(file, { force: true });
  removal.lock.release();
  return "again";
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The process that wrote a lock; nobody when the file is not a lock of ours. */
function holderIn(text: string | undefined): ProcessIdentity | undefined {
  try {
    return JSON.parse(text ?? "") as ProcessIdentity;
  } catch {
    return undefined;
  }
}
