import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { GOLDEN, goldenFile, LISTS, recordListed } from "../support/golden";
import { tree } from "../support/tree";

/** Fails with the lines that are new or gone. */
function compare(actual: string, expected: string): void {
  if (actual === expected) return;
  const [now, before] = [actual.split("\n"), expected.split("\n")];
  const changes = [
    ...before.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
  ];
  assert.fail(
    `the resources changed; if that is intended, \`npm run golden\` writes it into the file, for review:\n${changes.join("\n")}`,
  );
}

describe("Resources of each stack", () => {
  for (const list of Object.keys(LISTS)) {
    it(`${list}: as in ${basename(goldenFile(list))}`, async () => {
      const file = goldenFile(list);
      const expected = existsSync(file) ? readFileSync(file, "utf8") : "";
      compare(tree(await recordListed(list)), expected);
    });

    it(`${list}: the same when all outputs are unknown`, async () => {
      const [known, unknown] = await Promise.all([recordListed(list), recordListed(list, { preview: true })]);
      compare(tree(unknown), tree(known));
    });
  }

  it("no list of a removed stack is left", () => {
    const expected = Object.keys(LISTS).map((list) => basename(goldenFile(list)));
    assert.deepEqual(readdirSync(GOLDEN).sort(), expected.sort());
  });
});
