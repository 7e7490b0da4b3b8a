import assert from "node:assert/strict";
import { identify, isRunning, start, type Running } from "kafka-stack-processes";
import { until } from "../../test/support/until";
import { end, environmentOf, findProcesses, childrenOf } from "./process";

describe("processes", () => {
  let child: Running | undefined;
  afterEach(() => {
    child?.kill("SIGKILL");
  });

  /** Starts a program. The kernel shows its environment and its command line only a moment later. */
  function started(command: string, ...args: string[]): number {
    child = start(command, args);
    assert.ok(child.pid);
    return child.pid;
  }

  it("ends a process that obeys", async () => {
    const found = identify(started("sleep", "60"));
    assert.ok(found);
    await end([found], 5);
    assert.equal(isRunning(found), false);
  });

  it("kills one that does not", async () => {
    const pid = started("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done");
    await child?.says(/ready/);
    const found = identify(pid);
    assert.ok(found);
    await end([found], 0.2);
    assert.equal(isRunning(found), false);
  });

  it("tells the environment of a process, and nothing of one that has ended", async () => {
    const pid = started("sleep", "61.5");
    await until("its environment is there", 30, () =>
      Promise.resolve(environmentOf(pid).length > 0 ? null : "it is empty"),
    );
    assert.ok(environmentOf(pid).includes(`PATH=${process.env["PATH"] ?? ""}`));
    const found = identify(pid);
    assert.ok(found);
    await end([found], 5);
    assert.deepEqual(environmentOf(pid), []);
  });

  it("finds processes by their command line, and children by their parents", async () => {
    const pid = started("sleep", "61.25");
    const found = () => findProcesses((commandLine) => commandLine[1] === "61.25").map((each) => each.pid);
    await until("it has its command line", 30, () => Promise.resolve(found().length > 0 ? null : "it has none"));
    assert.deepEqual(found(), [pid]);
    const self = identify(process.pid);
    assert.ok(self);
    assert.ok(childrenOf([self]).some((each) => each.pid === pid));
  });
});
