import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensurePackages } from "../../sandbox/host/platform";

/** Whether promtool is there; it is installed where that can be. Says so when it is not. */
export async function hasPromtool(): Promise<boolean> {
  if (!provided("promtool") && process.getuid?.() === 0 && provided("apt-get")) {
    await ensurePackages({ promtool: "prometheus" }, console.log).catch((error: unknown) => {
      console.log(`Debian's package prometheus cannot be installed: ${String(error)}`);
    });
  }
  if (provided("promtool")) return true;
  console.log("Skipped: promtool is missing; Debian's package prometheus has it");
  return false;
}

/** Runs promtool in a folder. @throws what it said when it found a fault */
export function promtool(folder: string, ...args: string[]): void {
  const { status, stdout, stderr } = spawnSync("promtool", args, { cwd: folder, encoding: "utf8" });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
}

/** Whether a program is there. */
function provided(program: string): boolean {
  return (process.env["PATH"] ?? "").split(":").some((folder) => existsSync(join(folder, program)));
}
