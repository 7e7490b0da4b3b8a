import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathsOf } from "../../sandbox/paths";
import { engineOf, stacksOfEngines } from "../support/engine";
import { kubectl } from "../support/kubectl";
import { down } from "../support/stack";

/** Takes down whatever stack is up, whichever engine made it, and removes what it kept: stacks have the same ports, and refuse each other's data. */
export async function cleanSlate(): Promise<void> {
  for (const { stack, made } of stacksOfEngines()) await down(stack, made);
  await kubectl("delete", "namespace", "kafka", "--ignore-not-found", "--timeout=300s");
  const { hostData } = pathsOf();
  if (!existsSync(hostData)) return;
  for (const entry of readdirSync(hostData)) rmSync(join(hostData, entry), { recursive: true });
}

/** Clears the slate unless all that is there is one stack, made by the engine that the tests use. */
export async function nothingBut(stack: string): Promise<void> {
  const used = await engineOf(stack);
  const others = stacksOfEngines().filter((one) => one.stack !== stack || one.made !== used);
  if (others.length > 0) await cleanSlate();
}
