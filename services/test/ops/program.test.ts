import assert from "node:assert/strict";
import { createServer } from "node:net";
import { type Command, CommanderError } from "commander";
import { createProgram } from "../../src/ops/program.js";
import { RefusedError } from "../../src/ops/refused.js";

/** Runs a command line; with no Kafka, so only what is decided before. */
async function run(args: readonly string[], bootstrap = "127.0.0.1:1"): Promise<string[]> {
  const lines: string[] = [];
  const program = createProgram({ bootstrap, print: (line) => lines.push(line), signal: new AbortController().signal });
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
    ["rebalance", "--brokers", "0", "--batch", "0"],
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

  it("does nothing where no broker runs yet, when told that this is fine", async () => {
    const lines = await run(["drain", "--keep", "0,1,2", "--absent-ok", "broker.kafka.svc.invalid"]);
    assert.deepEqual(lines, [
      "broker.kafka.svc.invalid has no address: no broker runs yet, so there is nothing to do.",
    ]);
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
