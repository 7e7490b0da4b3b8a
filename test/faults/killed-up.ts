import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { settings, STACK } from "./stack";

/** Starts `npm run up` as a process of its own, and kills it outright when it says something. */
export async function killedUp(when: RegExp, changed: Readonly<Record<string, string>>): Promise<void> {
  const words = settings(changed).flatMap((setting) => ["-c", setting]);
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "sandbox/engine/cli.ts", "up", "--stack", STACK, ...words],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
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
