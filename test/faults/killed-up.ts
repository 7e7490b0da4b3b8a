import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { settings, STACK } from "./stack";

/** Starts `npm run up` of the faults' stack as a process, and sends SIGKILL when it prints something. */
export const killedUp = (when: RegExp, changed: Readonly<Record<string, string>>): Promise<void> =>
  killedUpOf(STACK, settings(changed), when);

/** The same for any stack. @param set config for this run, as `key=value` */
export async function killedUpOf(stack: string, set: readonly string[], when: RegExp): Promise<void> {
  const words = set.flatMap((setting) => ["-c", setting]);
  const child = spawn(process.execPath, ["--import", "tsx", "sandbox/stack/cli.ts", "up", "--stack", stack, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: string[] = [];
  const ended = once(child, "exit");
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      said.push(line);
      if (when.test(line)) child.kill("SIGKILL");
    });
  }
  const [, signal] = (await ended) as [number | null, string | null];
  assert.equal(signal, "SIGKILL", `up ended before it was killed:\n${said.slice(-20).join("\n")}`);
}
