import { mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
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
    try {
      writeFileSync(file, JSON.stringify(own), { flag: "wx" });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const holder = readIdentity(file);
      if (!holder || !isRunning(holder)) rmSync(file, { force: true });
      else if (!told) {
        told = true;
        onWait(holder.pid);
      }
      return false;
    }
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

function readIdentity(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ProcessIdentity;
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
