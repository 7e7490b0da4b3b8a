import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { takeLock } from "./lock";
import { StateFile, type ResourceState } from "./state";
import { temporaryFolder } from "../test/support/temporary";
import { secret } from "./values";

function resource(urn: string, more: Partial<ResourceState> = {}): ResourceState {
  return { urn, type: "t", custom: true, inputs: {}, outputs: {}, dependencies: [], ...more };
}

describe("engine: the state file", () => {
  it("is on disk after each change, and a temporary file that a crash left does no harm", () => {
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

  it("refuses what is no state and what another version wrote", () => {
    const file = path.join(temporaryFolder(), "dev.json");
    fs.writeFileSync(file, "{");
    assert.throws(() => new StateFile(file), /state file .* cannot be read/);
    fs.writeFileSync(file, '{"version": 7}');
    assert.throws(() => new StateFile(file), /has version 7/);
  });

  it("is not written by a preview", () => {
    const file = path.join(temporaryFolder(), "dev.json");
    new StateFile(file, true).put(resource("a"));
    assert.ok(!fs.existsSync(file));
  });

  it("a new URN is new everywhere", () => {
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

describe("engine: the lock", () => {
  it("is held once, and free again after its release", () => {
    const file = path.join(temporaryFolder(), "dev.lock");
    const lock = takeLock(file);
    assert.throws(() => takeLock(file), new RegExp(`process ${process.pid}\\) is working on this stack`));
    lock.release();
    takeLock(file).release();
  });

  it("of a process that was killed holds nobody up, nor one written half", async () => {
    const file = path.join(temporaryFolder(), "dev.lock");
    const child = spawn(process.execPath, [
      "--import",
      "tsx",
      "-e",
      `require(${JSON.stringify(path.join(__dirname, "lock.ts"))}).takeLock(${JSON.stringify(file)}); console.log("held"); setInterval(() => {}, 1000)`,
    ]);
    await once(child.stdout, "data");
    assert.throws(() => takeLock(file), new RegExp(`process ${child.pid ?? 0}\\)`));
    child.kill("SIGKILL");
    await once(child, "exit");
    takeLock(file).release();
    fs.writeFileSync(file, '{"pid":');
    takeLock(file).release();
  });

  it("of a process whose number was given to another holds nobody up", () => {
    const file = path.join(temporaryFolder(), "dev.lock");
    fs.writeFileSync(file, JSON.stringify({ pid: process.pid, started: "1" }));
    takeLock(file).release();
  });
});
