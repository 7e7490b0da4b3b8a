import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryFolder } from "../../support/temporary";
import { decisionsOfSuite } from "./decisions";

const FILES = ["__cluster_metadata-0/00000000000000000000.log", "meta.properties", "replaces"];

describe("a copy of the metadata that waits for a server's start", function () {
  this.timeout(60_000);
  const decisions = decisionsOfSuite();

  /** A volume with copies under these names beside the log directory. */
  const volumeWith = (...copies: string[]): string => {
    const volume = temporaryFolder();
    mkdirSync(join(volume, "log"));
    for (const file of copies.flatMap((copy) => FILES.map((name) => join(volume, copy, name)))) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, "x");
    }
    return volume;
  };

  for (const copies of [[], ["recovery"], ["recovery.partial"], ["recovery", "recovery.partial"]]) {
    it(`is removed, with what is left of others: ${copies.join(", ") || "none"}`, async () => {
      const volume = volumeWith(...copies);
      assert.equal(await decisions.discard(volume), "discarded");
      assert.deepEqual(readdirSync(volume), ["log"]);
    });
  }

  for (const copies of [["recovery.taken"], ["recovery", "recovery.taken"]]) {
    it(`is not said to be gone while a start has not finished to install one: ${copies.join(", ")}`, async () => {
      const volume = volumeWith(...copies);
      const said = await decisions.discard(volume);
      assert.match(said, /has begun to install .*recovery\.taken.* Nothing new was given .* restart it, .* again$/);
      for (const name of FILES) assert.ok(existsSync(join(volume, "recovery.taken", name)), name);
      assert.ok(!existsSync(join(volume, "recovery")));
    });
  }
});
