import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathsOf } from "../../sandbox/paths";
import { engineOf, stacksOfEngines } from "../support/engine";
import { kubectl } from "../support/kubectl";
import { down } from "../support/stack";

/** Takes down every stack, whichever engine made it, and removes retained data: stacks have the same ports, and refuse each other's data. */
export async function cleanSlate(): Promise<void> {
  for (const { stack, made } of stacksOfEngines()) await down(stack, made);
  await kubectl("delete", "namespace", "kafka", "--ignore-not-found", "--timeout=300s");
  const { hostData } = pathsOf();
  if (!existsSync(hostData)) return;
  for (const entry of readdirSync(hostData)) rmSync(join(hostData, entry), { recursive: true });
}

/** Clears the slate, unless the only stack is this one, made by the tests' engine. */
export async function nothingBut(stack: string): Promise<void> {
  const used = await engineOf(stack);
  const others = stacksOfEngines().filter((one) => one.stack !== stack || one.made !== used);
  if (others.length > 0) await cleanSlate();
}
