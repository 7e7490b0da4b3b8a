import assert from "node:assert/strict";
import { identify, isRunning, parseStat } from "./identity";

describe("the identity of a process", () => {
  it("reads a stat line whose name holds spaces and parentheses", () => {
    const stat = `42 (a ) b (c)) S 7 ${Array.from({ length: 17 }, (_, index) => index).join(" ")} 98765 0 0`;
    assert.deepEqual(parseStat(stat), { state: "S", parent: 7, startTime: "98765" });
  });

  it("knows a process again", () => {
    const self = identify(process.pid);
    assert.ok(self && isRunning(self));
  });

  it("does not take another process with the same number for it", () => {
    const self = identify(process.pid);
    assert.ok(self);
    assert.equal(isRunning({ ...self, startTime: "1" }), false);
  });

  it("does not take a process of an earlier run of the machine for it", () => {
    const self = identify(process.pid);
    assert.ok(self);
    assert.equal(isRunning({ ...self, boot: "earlier" }), false);
  });

  it("is not taken for gone when the system does not say", () => {
    // No file is below a file: an error that says nothing of the process.
    assert.throws(() => identify("self/stat" as unknown as number));
  });
});
