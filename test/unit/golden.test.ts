import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { GOLDEN, goldenFile } from "../support/golden";
import { recordStack, STACKS } from "../support/stacks";
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
  for (const stack of STACKS) {
    it(`${stack}: as in ${basename(goldenFile(stack))}`, async () => {
      const file = goldenFile(stack);
      const expected = existsSync(file) ? readFileSync(file, "utf8") : "";
      compare(tree(await recordStack(stack)), expected);
    });

    it(`${stack}: the same when all outputs are unknown`, async () => {
      const [known, unknown] = await Promise.all([recordStack(stack), recordStack(stack, { preview: true })]);
      compare(tree(unknown), tree(known));
    });
  }

  it("no list of a removed stack is left", () => {
    const expected = STACKS.map((stack) => basename(goldenFile(stack)));
    assert.deepEqual(readdirSync(GOLDEN).sort(), expected.sort());
  });
});
