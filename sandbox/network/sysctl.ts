import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Settings of the kernel's network that pods need: the first for their traffic, the second for NodePorts on the loopback address. */
const needed = { "net/ipv4/ip_forward": "1", "net/ipv4/conf/all/route_localnet": "1" } as const;

/** Sets what pods need. @returns the earlier values of what had to be changed. */
export function ensureSysctls(): Record<string, string> {
  const changed: Record<string, string> = {};
  for (const [name, wanted] of Object.entries(needed)) {
    const file = join("/proc/sys", name);
    const current = readFileSync(file, "utf8").trim();
    if (current === wanted) continue;
    writeFileSync(file, wanted);
    changed[name] = current;
  }
  return changed;
}

/** Restores earlier values. */
export function restoreSysctls(earlier: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(earlier)) writeFileSync(join("/proc/sys", name), value);
}
