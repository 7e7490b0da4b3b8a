import assert from "node:assert/strict";
import { identify, isRunning, parseStat } from "./identity";

describe("the identity of a process", () => {
  it("reads a stat line whose name holds spaces and parentheses", () => {
    const stat = `42 (a ) b (c)) S 7 ${Array.from({ length: 17 }, (_, index) => index).join(" ")} 98765 0 0`;
    assert.deepEqual(parseStat(stat), { state: "S", parent: 7, startTime: "98765" });
  });

  it("recognises a running process", () => {
    const self = identify(process.pid);
    assert.ok(self && isRunning(self));
  });

  it("does not mistake another process with the same pid for it", () => {
    const self = identify(process.pid);
    assert.ok(self);
    assert.equal(isRunning({ ...self, startTime: "1" }), false);
  });

  it("does not mistake a process from before a reboot for it", () => {
    const self = identify(process.pid);
    assert.ok(self);
    assert.equal(isRunning({ ...self, boot: "earlier" }), false);
  });

  it("does not count as ended when the system does not answer", () => {
    // A path below a file gives an error that says nothing about the process.
    assert.throws(() => identify("self/stat" as unknown as number));
  });
});
