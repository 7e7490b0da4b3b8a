import { createHash, randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { identify, isRunning, type ProcessIdentity } from "./process";
import { until } from "./wait";

/**
 * Runs something under a lock.
 *
 * @param file - the lock file, which names the process that has it
 * @param onWait - called once when another process has the lock
 */
export async function exclusively<T>(file: string, onWait: (pid: number) => void, work: () => Promise<T>): Promise<T> {
  const own = identify(process.pid);
  if (!own) throw new Error("This process cannot find itself in /proc.");
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  const taken = () => {
    const holder = take(file, own);
    if (typeof holder === "object" && !told) {
      told = true;
      onWait(holder.pid);
    }
    return holder === "taken";
  };
  await until(() => Promise.resolve(taken()), {
    what: `another command on this sandbox to end (${file})`,
    timeout: 1800,
    interval: 200,
  });
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Takes the lock, or returns who has it; `again` when it was just released. */
function take(file: string, own: ProcessIdentity): "taken" | "again" | ProcessIdentity {
  // Linked into place, so that nobody reads a half-written file.
  const mine = `${file}.${randomUUID()}`;
  writeFileSync(mine, JSON.stringify(own));
  try {
    linkSync(mine, file);
    return "taken";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(mine, { force: true });
  }
  const found = read(file);
  if (found === undefined) return "again";
  const holder = identityIn(found);
  if (holder && isRunning(holder)) return holder;
  remove(file, found, own);
  return "again";
}

/**
 * Removes the lock of a dead process. When several processes find it, one could remove the lock that another has just taken. So a second lock guards the
 * removal: only its owner checks again and removes.
 */
function remove(file: string, dead: string, own: ProcessIdentity): void {
  const removal = `${file}.${createHash("sha256").update(dead).digest("hex").slice(0, 16)}`;
  if (take(removal, own) !== "taken") return;
  if (read(file) === dead) rmSync(file, { force: true });
  rmSync(removal, { force: true });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function identityIn(text: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(text) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

/**
 * The file that says which sandbox uses this machine. There can be one per network stack, because devices, addresses and packet
 * rules of two would collide. A restart empties the directory, as it removes those.
 */
function claimFile(): string {
  const stack = /\d+/.exec(readlinkSync("/proc/self/ns/net"))?.[0] ?? "0";
  return join("/run", `kafka-stack-sandbox-${stack}`);
}

/** The directory of the sandbox that has claimed the machine's network, if any has. */
export function claimant(): string | undefined {
  try {
    return readFileSync(claimFile(), "utf8");
  } catch {
    return undefined;
  }
}

/** Claims the network for the sandbox in a directory. */
export function claim(root: string): void {
  writeFileSync(claimFile(), root);
}

/** Releases the network, if this sandbox has it. */
export function unclaim(root: string): void {
  if (claimant() === root) rmSync(claimFile(), { force: true });
}
