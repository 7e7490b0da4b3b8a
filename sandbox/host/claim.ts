import { readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The file that says which sandbox uses this machine. There can be one for each network stack, because their devices, addresses and packet
 * rules would collide. A restart of the machine empties the directory, and removes those devices and rules too.
 */
export function claimFile(): string {
  const stack = /\d+/.exec(readlinkSync("/proc/self/ns/net"))?.[0] ?? "0";
  return join("/run", `kafka-stack-sandbox-${stack}`);
}

/** The directory of the sandbox that has claimed the machine's network, if any has. */
export function claimant(): string | undefined {
  try {
    return readFileSync(claimFile(), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
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
