/** `npm run golden`: writes the list of resources of each stack, and who may connect to what, for review as part of a change. */
import { mkdirSync, writeFileSync } from "node:fs";
import { GOLDEN, goldenFile, REACH, reachOf } from "./support/golden";
import { recordStack, STACKS } from "./support/stacks";
import { tree } from "./support/tree";

async function main(): Promise<void> {
  mkdirSync(GOLDEN, { recursive: true });
  for (const stack of STACKS) {
    writeFileSync(goldenFile(stack), tree(await recordStack(stack)));
  }
  writeFileSync(REACH, await reachOf(STACKS));
  console.log(`Wrote ${STACKS.length} lists to test/golden`);
}

void main();
