import assert from "node:assert/strict";
import { outcome } from "kafka-stack-processes";
import { provided } from "../../sandbox/host/platform";

/** Whether promtool is there; it is installed where that can be. Says so when it is not. */
export async function hasPromtool(): Promise<boolean> {
  if (await provided("promtool", "prometheus", console.log)) return true;
  console.log("Skipped: promtool is missing; Debian's package prometheus has it");
  return false;
}

/** Runs promtool in a folder. @throws what it said when it found a fault */
export async function promtool(folder: string, ...args: string[]): Promise<void> {
  const { code, output, errors } = await outcome("promtool", args, { cwd: folder });
  assert.equal(code, 0, `${output}\n${errors}`);
}
