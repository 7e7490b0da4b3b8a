import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRunning } from "kafka-stack-processes";
import { until } from "kafka-stack-waiting";
import { signal } from "../host/process";
import { pathsOf } from "../paths";
import { Daemons, type Daemon, type DaemonRecord } from "./daemon";

describe("daemons", () => {
  let root = "";
  let daemons: Daemons;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "daemons-"));
    daemons = new Daemons(pathsOf(root));
  });
  afterEach(async () => {
    for (const { name } of daemons.records()) await daemons.stop(name, 0);
    rmSync(root, { recursive: true });
  });
  const sleeper = (rest: Partial<Daemon> = {}): Daemon => ({
    name: "sleeper",
    command: "sleep",
    args: ["60"],
    ...rest,
  });

  async function ensured(daemon: Daemon): Promise<DaemonRecord> {
    await daemons.ensure(daemon);
    const record = daemons.records().find(({ name }) => name === daemon.name);
    assert.ok(record && isRunning(record));
    return record;
  }

  it("keep one that runs as described", async () => {
    assert.deepEqual(await ensured(sleeper()), await ensured(sleeper()));
  });

  it("restart one that died", async () => {
    const first = await ensured(sleeper());
    signal(first.pid, "SIGKILL");
    await until(() => !isRunning(first) || undefined, { what: "it has ended", timeout: 30_000 });
    assert.notEqual((await ensured(sleeper())).pid, first.pid);
  });

  it("restart one after a reboot, when another process has its pid", async () => {
    const first = await ensured(sleeper());
    const record = join(root, "run", "sleeper.json");
    writeFileSync(record, JSON.stringify({ ...first, boot: "earlier" }));
    const second = await ensured(sleeper());
    assert.notEqual(second.pid, first.pid);
    assert.ok(isRunning(first), "what has the number now is left alone");
    signal(first.pid, "SIGKILL");
  });

  for (const [what, changed] of [
    ["arguments", { args: ["61"] }],
    ["environment", { env: { COLOUR: "blue" } }],
    ["configuration", { files: { "config.txt": "new" } }],
  ] as const) {
    it(`restart one whose ${what} changed`, async () => {
      const first = await ensured(sleeper({ files: { [join(root, "config.txt")]: "old" } }));
      const files = "files" in changed ? { [join(root, "config.txt")]: "new" } : undefined;
      const second = await ensured(sleeper({ ...changed, ...(files ? { files } : {}) }));
      assert.notEqual(second.pid, first.pid);
      assert.equal(isRunning(first), false);
      if (files) assert.equal(readFileSync(join(root, "config.txt"), "utf8"), "new");
    });
  }

  it("prepare only a start", async () => {
    let prepared = 0;
    const prepare = () => {
      prepared += 1;
    };
    await ensured(sleeper({ prepare }));
    await ensured(sleeper({ prepare }));
    assert.equal(prepared, 1);
  });

  it("name the log and show its end when one dies", async () => {
    const dying: Daemon = {
      name: "dying",
      command: "sh",
      args: ["-c", "echo out of luck; exit 1"],
      ready: () => Promise.resolve(false),
    };
    await assert.rejects(daemons.ensure(dying), ({ message }: Error) => {
      return (
        message.startsWith("dying ended") &&
        message.includes(join(root, "log", "dying.log")) &&
        message.endsWith("out of luck")
      );
    });
  });

  it("name the log when one does not become ready in time", async () => {
    await assert.rejects(
      daemons.ensure(sleeper({ ready: () => Promise.resolve(false), timeout: 0.2 })),
      /Gave up after 0.2 s of waiting until sleeper is ready: Its log is .*sleeper\.log/,
    );
  });

  it("report a program that does not exist", async () => {
    await assert.rejects(daemons.ensure(sleeper({ command: "/no/such/program" })), /sleeper could not be started/);
  });
});
