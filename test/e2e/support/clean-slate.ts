import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathsOf } from "../../../sandbox/paths";
import { kubectl } from "./kubectl";
import { down } from "./stack";

/** Takes down whatever stack is up, and removes what it kept: stacks have the same ports, and refuse each other's data. */
export async function cleanSlate(): Promise<void> {
  const states = join(process.cwd(), ".sandbox", "state");
  for (const file of existsSync(states) ? readdirSync(states) : []) {
    const stack = /^(.+)\.json$/.exec(file)?.[1];
    if (stack !== undefined) await down(stack);
  }
  await kubectl("delete", "namespace", "kafka", "--ignore-not-found", "--timeout=300s");
  const { hostData } = pathsOf();
  for (const entry of readdirSync(hostData)) rmSync(join(hostData, entry), { recursive: true });
}
