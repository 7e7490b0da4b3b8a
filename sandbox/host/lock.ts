import { createHash, randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { identify, isRunning, type ProcessIdentity } from "./process";
import { until } from "./wait";

/**
 * Runs something that must not run twice at the same time.
 *
 * @param file - marks that it runs, and for whom
 * @param onWait - told once when another process is at it
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

/** Takes the lock, or says who has it; `again` when nobody has it any more. */
function take(file: string, own: ProcessIdentity): "taken" | "again" | ProcessIdentity {
  // Linked into place, so that nobody reads half of it.
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
 * Removes the lock of a process that is gone. Of several that found it, each would remove what another has taken meanwhile: only who has the lock for this very removal
 * may look again and remove it.
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
 * The file that says which sandbox uses this machine. There can be one for each network stack, because their devices, addresses and packet
 * rules would meet; the directory is emptied by a restart, as those are.
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

/** Gives the network back, if this sandbox has it. */
export function unclaim(root: string): void {
  if (claimant() === root) rmSync(claimFile(), { force: true });
}
