import assert from "node:assert/strict";
import { run, succeeds } from "./command";

describe("commands", () => {
  it("return their output and read their input", async () => {
    assert.equal(await run("cat", [], { input: "a\nb\n" }), "a\nb");
  });

  it("get variables besides those of this process", async () => {
    assert.equal(await run("sh", ["-c", "echo $GREETING ${PATH:+path}"], { env: { GREETING: "hello" } }), "hello path");
  });

  it("fail with their name, their code and the last lines of their errors", async () => {
    await assert.rejects(
      run("sh", ["-c", "seq 100 >&2; exit 3"]),
      ({ message }: Error) =>
        message.startsWith("`sh -c seq 100") && message.includes("failed with code 3: 86\n") && message.endsWith("100"),
    );
  });

  it("fail when there is no such program", async () => {
    await assert.rejects(run("no-such-program", []), /`no-such-program` could not be run/);
    assert.equal(await succeeds("no-such-program", []), false);
  });

  it("report each line of their error output while they run", async () => {
    const lines: string[] = [];
    await run("sh", ["-c", "echo one >&2; echo two >&2"], { onLine: (line) => lines.push(line) });
    assert.deepEqual(lines, ["one", "two"]);
  });
});
