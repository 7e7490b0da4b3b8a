import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exclusively, holderOf, tryLock } from "./lock";
import { identify } from "./identity";

/** The module object: a named import cannot be replaced. */
const fs = createRequire(__filename)("node:fs") as typeof import("node:fs");

describe("a lock", () => {
  let directory = "";
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "lock-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });
  const never = () => assert.fail("nobody has the lock");

  it("admits one process at a time, and tells others whom they wait for", async () => {
    const file = join(directory, "lock");
    const events: string[] = [];
    const { promise: waits, resolve } = Promise.withResolvers<undefined>();
    const first = exclusively(file, never, async () => {
      events.push("first begins");
      await waits;
      events.push("first ends");
    });
    const other = exclusively(
      file,
      (pid) => {
        assert.equal(pid, process.pid);
        resolve(undefined);
      },
      () => Promise.resolve(events.push("second begins")),
    );
    await Promise.all([first, other]);
    assert.deepEqual(events, ["first begins", "first ends", "second begins"]);
  });

  it("is released after a failure", async () => {
    const file = join(directory, "lock");
    await assert.rejects(
      exclusively(file, never, () => Promise.reject(new Error("no"))),
      /no/,
    );
    assert.equal(existsSync(file), false);
  });

  for (const [whose, content] of [
    ["a process that is gone", JSON.stringify({ ...identify(process.pid), startTime: "1" })],
    ["nobody, half written", "{"],
  ] as const) {
    it(`is taken from ${whose}`, async () => {
      const file = join(directory, "lock");
      writeFileSync(file, content);
      assert.equal(await exclusively(file, never, () => Promise.resolve("done")), "done");
    });
  }

  it("is not taken from a process that took it after its dead owner was found", async () => {
    const file = join(directory, "lock");
    const own = identify(process.pid);
    writeFileSync(file, JSON.stringify({ ...own, startTime: "1" }));
    // A third process takes the lock between the read and the removal.
    const { readFileSync } = fs;
    let taken = false;
    fs.readFileSync = ((...args: Parameters<typeof readFileSync>) => {
      const text = readFileSync(...args);
      if (args[0] === file && !taken) {
        taken = true;
        writeFileSync(file, JSON.stringify(own));
      }
      return text;
    }) as typeof readFileSync;
    const events: string[] = [];
    try {
      await exclusively(
        file,
        (pid) => {
          events.push(`waits for ${pid}`);
          rmSync(file);
        },
        () => Promise.resolve(events.push("works")),
      );
    } finally {
      fs.readFileSync = readFileSync;
    }
    assert.deepEqual(events, [`waits for ${process.pid}`, "works"]);
    assert.deepEqual(fs.readdirSync(directory), []);
  });

  it("names its holder, and nobody once that process has ended", () => {
    const file = join(directory, "lock");
    assert.equal(holderOf(file), undefined);
    const attempt = tryLock(file);
    assert.ok("lock" in attempt);
    assert.equal(holderOf(file)?.pid, process.pid);
    attempt.lock.release();
    writeFileSync(file, JSON.stringify({ ...identify(process.pid), startTime: "1" }));
    assert.equal(holderOf(file), undefined);
  });

  it("is released by its holder only", () => {
    const file = join(directory, "lock");
    const attempt = tryLock(file);
    assert.ok("lock" in attempt);
    writeFileSync(file, "another's");
    attempt.lock.release();
    assert.ok(existsSync(file));
  });

  it("of a dead process goes to one of several at a time", async () => {
    const file = join(directory, "lock");
    const script = join(__dirname, "test-support", "contender.ts");
    const contenders = [1, 2, 3].map(() => fork(script, [file], { execArgv: ["--import", "tsx"] }));
    try {
      const answers = () => Promise.all(contenders.map(async (each) => ((await once(each, "message")) as string[])[0]));
      assert.deepEqual(
        await answers(),
        contenders.map(() => "ready"),
      );
      for (let round = 0; round < 50; round++) {
        writeFileSync(file, JSON.stringify({ ...identify(process.pid), startTime: "1", round }));
        const done = answers();
        for (const each of contenders) each.send("go");
        assert.deepEqual(
          await done,
          contenders.map(() => "alone"),
          `round ${round}`,
        );
      }
      assert.deepEqual(fs.readdirSync(directory), []);
    } finally {
      for (const each of contenders) each.kill();
    }
  });
});
