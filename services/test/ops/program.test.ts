import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Command, CommanderError } from "commander";
import { createProgram } from "../../src/ops/program.js";
import { RefusedError } from "../../src/ops/refused.js";

/** Runs a command line; with no Kafka, so only what is decided before. */
async function run(args: readonly string[], bootstrap = "127.0.0.1:1", begun?: string): Promise<string[]> {
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const program = createProgram({ bootstrap, print, signal: new AbortController().signal, begun, restartsMs: 0 });
  const quiet = (command: Command): void => {
    command.configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
    command.commands.forEach(quiet);
  };
  quiet(program);
  await program.parseAsync(["node", "ops", ...args]);
  return lines;
}

describe("ops", () => {
  for (const args of [
    ["frobnicate"],
    ["rebalance"],
    ["rebalance", "--brokers", "0,a"],
    ["rebalance", "--brokers", ""],
    ["rebalance", "--brokers", "0", "--throttle", "fast"],
    ["rebalance", "--brokers", "0", "--throttle", "1"],
    ["rebalance", "--brokers", "3-0"],
    ["rebalance", "--brokers", "0-99999999"],
    ["rebalance", "--brokers", "0", "--batch-bytes", "0"],
    ["rebalance", "--brokers", "0", "--stall", "0"],
    ["plan"],
    ["drain", "--keep", "-1"],
    ["unregister"],
    ["wait"],
    ["wait", "--brokers", "0", "--wait", "soon"],
    ["controllers"],
    ["topics", "apply"],
    ["settings", "apply"],
    ["status", "extra"],
  ]) {
    it(`takes "${args.join(" ")}" for bad usage`, async () => {
      await assert.rejects(run(args), (error) => error instanceof CommanderError && error.exitCode !== 0);
    });
  }

  describe("where no broker has an address, when told that this is fine", () => {
    const absent = ["--absent-ok", "broker.kafka.svc.invalid"];
    const record = (text: string): string => {
      const path = join(mkdtempSync(join(tmpdir(), "begun-")), "servers.json");
      writeFileSync(path, text);
      return path;
    };
    const begun = record('{"brokers": [0, 1, 2, 3], "controllers": [0, 1, 2]}');

    it("does nothing before the first start", async () => {
      assert.deepEqual(await run(["drain", "--keep", "0,1,2", ...absent], "127.0.0.1:1", "/nowhere/servers.json"), [
        "broker.kafka.svc.invalid has no address: no broker runs yet, so there is nothing to do.",
      ]);
    });

    it("does nothing when all that has begun stays", async () => {
      const nothing = ["broker.kafka.svc.invalid has no address: nothing runs that leaves, so there is nothing to do."];
      assert.deepEqual(await run(["drain", "--keep", "0-3", ...absent], "127.0.0.1:1", begun), nothing);
      assert.deepEqual(await run(["controllers", "--keep", "0,1,2", ...absent], "127.0.0.1:1", begun), nothing);
    });

    it("refuses to let a server go that has begun", async () => {
      await assert.rejects(
        run(["drain", "--keep", "0,1", ...absent], "127.0.0.1:1", begun),
        /so no broker runs, and broker 2, broker 3 cannot be emptied before they leave/,
      );
      await assert.rejects(run(["controllers", "--keep", "0,1", ...absent], "127.0.0.1:1", begun), /controller 2/);
    });

    it("believes nothing without a record, or with one that it cannot read", async () => {
      await assert.rejects(run(["drain", "--keep", "0", ...absent]), /whether one ever ran is not known/);
      await assert.rejects(run(["drain", "--keep", "0", ...absent], "127.0.0.1:1", tmpdir()), /cannot be read/);
      await assert.rejects(run(["drain", "--keep", "0", ...absent], "127.0.0.1:1", record("{}")), /does not say which/);
    });
  });

  describe("where all brokers refuse connections, when told that this is fine", () => {
    const folder = mkdtempSync(join(tmpdir(), "begun-"));
    const begun = join(folder, "servers.json");
    writeFileSync(begun, '{"brokers": [0, 1, 2], "controllers": [0]}');
    const drain = (keep: string, record: string) =>
      run(["drain", "--keep", keep, "--wait", "0", "--absent-ok", "127.0.0.1"], "127.0.0.1:1", record);

    it("does nothing when all that has begun stays: the change may be what mends them", async () => {
      assert.deepEqual(await drain("0,1,2", begun), [
        "nobody listens at 127.0.0.1:1: no broker runs, and nothing leaves, so there is nothing to do.",
      ]);
    });

    it("refuses to let a server go that has begun", async () => {
      await assert.rejects(drain("0,1", begun), /nobody listens .* so no broker runs, and broker 2 cannot be emptied/);
    });

    it("believes nothing without a record", async () => {
      await assert.rejects(drain("0,1,2", join(folder, "none.json")), /ECONNREFUSED/);
    });
  });

  it("refuses with one sentence when nobody answers", async () => {
    const refusal = run(["wait", "--brokers", "0", "--wait", "0"]);
    await assert.rejects(
      refusal,
      (error) => error instanceof RefusedError && /^Kafka failed at .*ECONNREFUSED/.test(error.message),
    );
  });

  it("refuses an address that is none", async () => {
    await assert.rejects(
      run(["status"], "kafka"),
      /KAFKA_BOOTSTRAP_ADDRESS: "kafka" in the bootstrap list is not host:port/,
    );
  });

  it("refuses a topics file that cannot be read, before it asks Kafka anything", async () => {
    let asked = false;
    const server = createServer((socket) => {
      asked = true;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    await assert.rejects(
      run(["topics", "apply", "--file", "/nowhere/topics.json"], `127.0.0.1:${port}`),
      /cannot be read/,
    );
    assert.equal(asked, false);
    server.close();
  });

  it("asks for either a broker to empty or the brokers to keep", async () => {
    await assert.rejects(run(["drain"]), RefusedError);
    await assert.rejects(run(["drain", "3", "--keep", "0,1"]), RefusedError);
  });
});
