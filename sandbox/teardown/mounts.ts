import { readFileSync } from "node:fs";
import { succeeds } from "../host/command";

/** Mount points below a directory, the deepest and latest first. */
export function mountsBelow(mountinfo: string, directory: string): string[] {
  return mountinfo
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .map((path) => path.replaceAll(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8))))
    .filter((path) => path.startsWith(`${directory}/`))
    .reverse();
}

/**
 * Unmounts everything below a directory.
 *
 * @throws when that fails, with the names of the remaining mounts.
 */
export async function unmountBelow(directory: string): Promise<void> {
  const mounts = () => mountsBelow(readFileSync("/proc/self/mountinfo", "utf8"), directory);
  for (const mount of mounts()) {
    // A mount that is in use disappears with its last user.
    if (!(await succeeds("umount", [mount]))) await succeeds("umount", ["--lazy", mount]);
  }
  const left = mounts();
  if (left.length > 0) throw new Error(`These mounts could not be unmounted: ${left.join(", ")}.`);
}
