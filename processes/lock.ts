import { createHash, randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { identify, isRunning, type ProcessIdentity } from "./identity";

/** A lock that this process holds. A lock whose process has ended is nobody's. */
export interface Lock {
  /** Gives it back. */
  release(): void;
}

/** What came of trying to take a lock: the lock, or who has it. */
export type Attempt = { readonly lock: Lock } | { readonly holder: ProcessIdentity };

/** Milliseconds between two looks at a lock that another has. */
const PERIOD = 200;

/** Seconds that another's work may take. */
const PATIENCE = 1800;

/** Takes a lock, if no running process has it. @param file - is there while it is held, and says by whom */
export function tryLock(file: string): Attempt {
  const own = identify(process.pid);
  if (own === undefined) throw new Error("This process cannot find itself in /proc.");
  mkdirSync(dirname(file), { recursive: true });
  for (;;) {
    const attempt = take(file, own);
    if (attempt !== "again") return attempt;
  }
}

/** The running process that has a lock, if one has. */
export function holderOf(file: string): ProcessIdentity | undefined {
  const holder = holderIn(read(file));
  return holder !== undefined && isRunning(holder) ? holder : undefined;
}

/**
 * Runs something that must not run twice at the same time; waits for another that is at it.
 *
 * @param onWait - told once when another process is at it
 */
export async function exclusively<T>(file: string, onWait: (pid: number) => void, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE * 1000;
  let attempt = tryLock(file);
  if ("holder" in attempt) onWait(attempt.holder.pid);
  while ("holder" in attempt) {
    if (performance.now() > deadline) {
      const { pid } = attempt.holder;
      throw new Error(`Waited in vain for process ${pid} to end its work (${PATIENCE} s, lock ${file})`);
    }
    await delay(PERIOD);
    attempt = tryLock(file);
  }
  try {
    return await work();
  } finally {
    attempt.lock.release();
  }
}

/** Takes the lock, or says who has it; `again` when what was in the way is gone. */
function take(file: string, own: ProcessIdentity): Attempt | "again" {
  // What is written is like no other's, so that each removes its own only. It is linked into place, so that nobody reads half of it.
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
 * Removes the lock of a process that has ended. Of several that found it, each would remove what another has taken meanwhile; so only who has the lock for this very removal
 * may look again and remove it.
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

/** Who wrote a lock; nobody when it is not ours. */
function holderIn(text: string | undefined): ProcessIdentity | undefined {
  try {
    return JSON.parse(text ?? "") as ProcessIdentity;
  } catch {
    return undefined;
  }
}
