import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../test/support/until";
import { identify, isRunning } from "./identity";
import { outcome, succeeds } from "./run";
import { start } from "./start";

describe("a command that was started", () => {
  it("is heard while it runs, and reads what is written to it", async () => {
    const cat = start("cat", [], { input: { open: true } });
    cat.write("one\n");
    await cat.says(/^one$/m);
    assert.ok(cat.runs);
    cat.write("two\n");
    cat.endInput();
    const { code, output } = await cat.ended;
    assert.deepEqual([code, output, cat.runs], [0, "one\ntwo\n", false]);
  });

  it("fails who waits for words that it never says", async () => {
    const echo = start("sh", ["-c", "echo hello; exit 3"]);
    await assert.rejects(echo.says(/goodbye/), /ended and never said \/goodbye\/; it said:\nhello\n$/);
    assert.equal(echo.exitCode, 3);
  });

  it("has an outcome, however it ends", async () => {
    const { code, output, errors } = await outcome("sh", ["-c", "echo out; echo err >&2; exit 3"]);
    assert.deepEqual([code, output, errors], [3, "out\n", "err\n"]);
    const bytes = Buffer.from([0, 255, 10]);
    assert.deepEqual((await outcome("cat", [], { input: bytes })).bytes, bytes);
    assert.deepEqual((await outcome("sh", ["-c", "kill -9 $$"])).signal, "SIGKILL");
    assert.equal((await outcome("sleep", ["60"], { timeout: 0.1 })).signal, "SIGTERM");
    await assert.rejects(outcome("no-such-program", []), /`no-such-program` could not be run/);
  });

  it("that could not be started disturbs nobody", async () => {
    const missing = start("no-such-program", []);
    assert.equal(missing.pid, undefined);
    missing.killGroup();
    await assert.rejects(missing.exited, /no-such-program is not installed/);
    assert.equal(await succeeds("no-such-program", []), false);
  });

  it("ends with its children when its group is killed", async () => {
    const parent = start("sh", ["-c", "sleep 600 & echo $!; wait"], { ownGroup: true });
    const child = identify(Number((await parent.says(/^(\d+)\n/))[1]));
    assert.ok(child);
    parent.killGroup("SIGKILL");
    assert.equal((await parent.ended).signal, "SIGKILL");
    // The kernel closes a killed process's files, and so the output, before the process itself is gone.
    await until("the child has ended", 30, () => Promise.resolve(isRunning(child) ? "it runs" : null));
  });

  it("appends its output to a log", async () => {
    const folder = mkdtempSync(join(tmpdir(), "start-"));
    try {
      const log = join(folder, "log");
      for (const word of ["one", "two"]) {
        assert.ok(await succeeds("sh", ["-c", `echo ${word}; echo err >&2`], { output: { log } }));
      }
      assert.equal(readFileSync(log, "utf8"), "one\nerr\ntwo\nerr\n");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("exchanges messages", async () => {
    const echo = `process.on("message", (text) => text === "end" ? process.exit(0) : process.send(text + "!"));`;
    const node = start(process.execPath, ["-e", echo], { messages: true });
    const answer = node.message();
    node.send("hello");
    assert.equal(await answer, "hello!");
    const next = node.message();
    node.send("end");
    await assert.rejects(next, /ended and sent no message/);
  });

  it("is ended once", async () => {
    const sleep = start("sleep", ["600"]);
    assert.equal(await sleep.end("SIGKILL"), null);
    assert.equal(await sleep.end(), null);
  });
});
