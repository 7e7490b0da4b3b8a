import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { lockStack } from "./lock";
import { StateFile, type ResourceState } from "./state";
import { temporaryFolder } from "../test/support/temporary";
import { secret } from "./values";

function resource(urn: string, more: Partial<ResourceState> = {}): ResourceState {
  return { urn, type: "t", custom: true, inputs: {}, outputs: {}, dependencies: [], ...more };
}

describe("engine: the state file", () => {
  it("is on disk after each change, and ignores a crash's temporary file", () => {
    const file = path.join(temporaryFolder(), "state", "dev.json");
    const state = new StateFile(file);
    state.put(resource("a"));
    fs.writeFileSync(`${file}.1.tmp`, '{"version": 1, "resou');
    assert.deepEqual(
      new StateFile(file).state.resources.map((one) => one.urn),
      ["a"],
    );
  });

  it("has no secret in plain text, and its key is for its owner only", () => {
    const folder = temporaryFolder();
    const file = path.join(folder, "dev.json");
    new StateFile(file).put(resource("a", { inputs: { password: secret("hunter2") } }));
    assert.ok(!fs.readFileSync(file, "utf8").includes("hunter2"));
    assert.equal(fs.statSync(path.join(folder, "secret.key")).mode & 0o777, 0o600);
    assert.deepEqual(new StateFile(file).find("a")?.inputs, { password: secret("hunter2") });
  });

  it("says so when its secrets cannot be read", () => {
    const folder = temporaryFolder();
    const file = path.join(folder, "dev.json");
    new StateFile(file).put(resource("a", { inputs: { password: secret("hunter2") } }));
    fs.writeFileSync(path.join(folder, "secret.key"), "00".repeat(32));
    assert.throws(() => new StateFile(file), /cannot be decrypted with the key in .*secret\.key/);
  });

  it("refuses malformed files and those of another version", () => {
    const file = path.join(temporaryFolder(), "dev.json");
    fs.writeFileSync(file, "{");
    assert.throws(() => new StateFile(file), /state file .* cannot be read/);
    fs.writeFileSync(file, '{"version": 7}');
    assert.throws(() => new StateFile(file), /has version 7/);
  });

  it("is not written in a preview", () => {
    const file = path.join(temporaryFolder(), "dev.json");
    new StateFile(file, true).put(resource("a"));
    assert.ok(!fs.existsSync(file));
  });

  it("a new URN replaces the old one everywhere", () => {
    const state = new StateFile(path.join(temporaryFolder(), "dev.json"));
    state.put(resource("old"));
    state.put(resource("other", { parent: "old", dependencies: ["old"], provider: "old::id", deletedWith: "old" }));
    state.rename("old", "new");
    const { parent, dependencies, provider, deletedWith } = state.find("other") ?? {};
    assert.deepEqual(
      { parent, dependencies, provider, deletedWith },
      { parent: "new", dependencies: ["new"], provider: "new::id", deletedWith: "new" },
    );
  });
});

describe("engine: the lock of a stack", () => {
  it("has one holder, whom the error names", () => {
    const file = path.join(temporaryFolder(), "dev.lock");
    const lock = lockStack(file);
    assert.throws(() => lockStack(file), new RegExp(`process ${process.pid}\\) is working on this stack`));
    lock.release();
    lockStack(file).release();
  });
});
