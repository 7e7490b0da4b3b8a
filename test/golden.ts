/** `npm run golden`: writes the list of resources of each stack, for review as part of a change. */
import { mkdirSync, writeFileSync } from "node:fs";
import { GOLDEN, goldenFile } from "./unit/support/golden";
import { recordStack, STACKS } from "./unit/support/stacks";
import { tree } from "./unit/support/tree";

async function main(): Promise<void> {
  mkdirSync(GOLDEN, { recursive: true });
  for (const stack of STACKS) {
    writeFileSync(goldenFile(stack), tree(await recordStack(stack)));
  }
  console.log(`Wrote ${STACKS.length} lists to test/golden`);
}

void main();
