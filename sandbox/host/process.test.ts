import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { end, environmentOf, findProcesses, childrenOf, identify, isRunning, parseStat } from "./process";

describe("processes", () => {
  let child: ChildProcess | undefined;
  afterEach(() => {
    child?.kill("SIGKILL");
  });

  async function start(...command: [string, ...string[]]): Promise<number> {
    child = spawn(command[0], command.slice(1), { stdio: ["ignore", "pipe", "ignore"] });
    await once(child, "spawn");
    assert.ok(child.pid);
    return child.pid;
  }

  it("reads a stat line whose name contains spaces and parentheses", () => {
    const stat = `42 (a ) b (c)) S 7 ${Array.from({ length: 17 }, (_, index) => index).join(" ")} 98765 0 0`;
    assert.deepEqual(parseStat(stat), { state: "S", parent: 7, startTime: "98765" });
  });

  it("recognises a process", () => {
    const self = identify(process.pid);
    assert.ok(self && isRunning(self));
  });

  it("does not confuse it with another process of the same pid", () => {
    const self = identify(process.pid);
    assert.ok(self);
    assert.equal(isRunning({ ...self, startTime: "1" }), false);
  });

  it("does not confuse it with a process before a reboot", () => {
    const self = identify(process.pid);
    assert.ok(self);
    assert.equal(isRunning({ ...self, boot: "earlier" }), false);
  });

  it("ends a process that handles SIGTERM", async () => {
    const found = identify(await start("sleep", "60"));
    assert.ok(found);
    await end([found], 5);
    assert.equal(isRunning(found), false);
  });

  it("kills one that does not", async () => {
    const pid = await start("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done");
    assert.ok(child?.stdout);
    await once(child.stdout, "data");
    const found = identify(pid);
    assert.ok(found);
    await end([found], 0.2);
    assert.equal(isRunning(found), false);
  });

  it("reads the environment of a process, and none of one that has ended", async () => {
    const pid = await start("sleep", "61.5");
    assert.ok(environmentOf(pid).includes(`PATH=${process.env["PATH"] ?? ""}`));
    const found = identify(pid);
    assert.ok(found);
    await end([found], 5);
    assert.deepEqual(environmentOf(pid), []);
  });

  it("finds processes by their command line, and children by their parents", async () => {
    const pid = await start("sleep", "61.25");
    assert.deepEqual(
      findProcesses((commandLine) => commandLine[1] === "61.25").map((found) => found.pid),
      [pid],
    );
    const self = identify(process.pid);
    assert.ok(self);
    assert.ok(childrenOf([self]).some((found) => found.pid === pid));
  });
});
