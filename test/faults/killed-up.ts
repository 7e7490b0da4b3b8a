import assert from "node:assert/strict";
import { start } from "kafka-stack-processes";
import { settings, STACK } from "./stack";

/** Starts `npm run up` of the faults' stack as a process, and sends SIGKILL when it prints something. */
export const killedUp = (when: RegExp, changed: Readonly<Record<string, string>>): Promise<void> =>
  killedUpOf(STACK, settings(changed), when);

/** The same for any stack. @param set config for this run, as `key=value` */
export async function killedUpOf(stack: string, set: readonly string[], when: RegExp): Promise<void> {
  const words = set.flatMap((setting) => ["-c", setting]);
  const command = ["--import", "tsx", "cli/index.ts", "up", "--stack", stack, ...words];
  const up = start(process.execPath, command, {
    onLine: (line) => {
      if (when.test(line)) up.kill("SIGKILL");
    },
  });
  const { signal } = await up.exited;
  const said = up.said.trimEnd().split("\n");
  assert.equal(signal, "SIGKILL", `up ended before it was killed:\n${said.slice(-20).join("\n")}`);
}
