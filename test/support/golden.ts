import { join } from "node:path";
import { reach } from "./reach";
import { recordStack, ROOT } from "./stacks";

/** Folder of the lists of each stack's resources. */
export const GOLDEN = join(ROOT, "test", "golden");

/** The list of a stack's resources. */
export const goldenFile = (stack: string): string => join(GOLDEN, `${stack}.txt`);

/** File that says who may connect to what in each stack. */
export const REACH = join(ROOT, "test", "reach.txt");

/** Who may connect to what in these stacks. */
export async function reachOf(stacks: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const stack of stacks) parts.push(`# ${stack}\n${reach(await recordStack(stack))}`);
  return parts.join("\n");
}
