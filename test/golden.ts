/** `npm run golden`: writes the list of resources of each stack and of one that is closed, and who may connect to what, for review as part of a change. */
import { mkdirSync, writeFileSync } from "node:fs";
import { GOLDEN, goldenFile, LISTS, REACH, reachOf, recordListed } from "./support/golden";
import { tree } from "./support/tree";

async function main(): Promise<void> {
  mkdirSync(GOLDEN, { recursive: true });
  const lists = Object.keys(LISTS);
  for (const list of lists) writeFileSync(goldenFile(list), tree(await recordListed(list)));
  writeFileSync(REACH, await reachOf(lists));
  console.log(`Wrote ${lists.length} lists to test/golden`);
}

void main();
