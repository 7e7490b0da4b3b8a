import assert from "node:assert/strict";
import { run, succeeds } from "./run";

describe("commands", () => {
  it("give their output and read their input", async () => {
    assert.equal(await run("cat", [], { input: "a\nb\n" }), "a\nb");
  });

  it("get the environment that they are given, and no other", async () => {
    const env = { GREETING: "hello", PATH: process.env["PATH"] };
    assert.equal(await run("sh", ["-c", "echo $GREETING ${HOME:-nowhere}"], { env }), "hello nowhere");
  });

  it("fail with their name, their code and the last lines of standard error", async () => {
    await assert.rejects(
      run("sh", ["-c", "seq 100 >&2; exit 3"]),
      ({ message }: Error) =>
        message.startsWith("`sh -c seq 100") && message.includes("failed with code 3: 71\n") && message.endsWith("100"),
    );
  });

  it("fail when there is no such program", async () => {
    await assert.rejects(
      run("no-such-program", []),
      /`no-such-program` could not be run: no-such-program is not installed/,
    );
    await assert.rejects(run("true", [], { cwd: "/no/such/folder" }), /its folder \/no\/such\/folder is not there/);
    assert.equal(await succeeds("no-such-program", []), false);
  });

  it("report each line while they run", async () => {
    const lines: string[] = [];
    await run("sh", ["-c", "echo one >&2; echo two"], { onLine: (line) => lines.push(line) });
    assert.deepEqual(lines.sort(), ["one", "two"]);
  });

  it("that can be interrupted do not get a terminal's Ctrl-C too", async () => {
    const group = "ps -o pgid= -p $$ | tr -d ' '; echo $$";
    const { signal } = new AbortController();
    const [own, pid] = (await run("sh", ["-c", group], { signal })).split("\n");
    assert.equal(own, pid);
    const [callers, other] = (await run("sh", ["-c", group])).split("\n");
    assert.notEqual(callers, other);
  });

  it("are interrupted on request, and run waits for their end", async () => {
    const stop = new AbortController();
    const script = "trap 'echo cleared; exit 4' INT; echo ready; while :; do sleep 0.05; done";
    const onLine = (line: string) => {
      if (line === "ready") stop.abort();
    };
    await assert.rejects(
      run("sh", ["-c", script], { onLine, signal: stop.signal }),
      /failed with code 4: ready\ncleared$/,
    );
  });
});
