import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exclusively } from "./lock";
import { identify } from "./process";

/** The module object, because a named import cannot be replaced. */
const fs = createRequire(__filename)("node:fs") as typeof import("node:fs");

describe("the lock of a sandbox", () => {
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
    const first = exclusively(file, never, async () => {
      events.push("first begins");
      await second.waits;
      events.push("first ends");
    });
    const second = { waits: Promise.resolve() };
    const { promise, resolve } = Promise.withResolvers<undefined>();
    second.waits = promise.then(() => undefined);
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
    // Between reading and removing what was read, a third takes the lock.
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
});
