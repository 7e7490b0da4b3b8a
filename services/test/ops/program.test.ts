import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Command, CommanderError } from "commander";
import { whyNoneRuns } from "../../src/ops/brokers.js";
import type { DesiredState } from "../../src/ops/desired-state.js";
import { createProgram } from "../../src/ops/program.js";
import { RefusedError } from "../../src/ops/refused.js";

const STATE: DesiredState = {
  version: "4.3.1",
  brokers: [0, 1, 2],
  controllers: [0, 1, 2],
  topics: [],
  settings: {},
  moves: { throttle: 1_048_576, stallSeconds: 900, rebalance: true, wait: true, diskLimit: 80, evenBytes: false },
};

/** Runs a command line without Kafka, so only what is decided before. */
async function run(
  args: readonly string[],
  bootstrap = "127.0.0.1:1",
  records: { begun?: string; earlier?: string } = {},
): Promise<string[]> {
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const program = createProgram({ bootstrap, print, signal: new AbortController().signal, ...records });
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
    ["rebalance", "--brokers", "0", "--disk-limit", "0"],
    ["plan", "--brokers", "0", "--disk-limit", "101"],
    ["drain", "0", "--even-bytes"],
    ["plan"],
    ["drain", "--keep", "-1"],
    ["unregister"],
    ["wait"],
    ["wait", "--brokers", "0", "--wait", "soon"],
    ["controllers"],
    ["topics", "apply"],
    ["settings", "apply"],
    ["prepare"],
    ["finish"],
    ["await-moves"],
    ["status", "extra"],
  ]) {
    it(`rejects "${args.join(" ")}" as bad usage`, async () => {
      await assert.rejects(run(args), (error) => error instanceof CommanderError && error.exitCode !== 0);
    });
  }

  describe("prepare, where no broker has an address", () => {
    const file = (name: string, text: string): string => {
      const path = join(mkdtempSync(join(tmpdir(), "prepare-")), name);
      writeFileSync(path, text);
      return path;
    };
    const begun = file("servers.json", '{"brokers": [0, 1, 2, 3], "controllers": [0, 1, 2]}');
    const none = { begun: "/nowhere/servers.json", earlier: "/nowhere" };
    const prepare = (records: { begun?: string; earlier?: string }, changes: Partial<DesiredState> = {}) =>
      run(
        ["prepare", "--file", file("cluster.json", JSON.stringify({ ...STATE, ...changes }))],
        "broker.kafka.svc.invalid:9092",
        records,
      );

    it("does nothing before the first start", async () => {
      assert.deepEqual(await prepare(none), [
        "broker.kafka.svc.invalid has no address: no broker runs yet, so there is nothing to do.",
      ]);
    });

    it("does nothing when everything that has begun stays", async () => {
      assert.deepEqual(await prepare({ ...none, begun }, { brokers: [0, 1, 2, 3, 4] }), [
        "broker.kafka.svc.invalid has no address: no server leaves that has begun to run, so there is nothing to do.",
      ]);
    });

    it("refuses to let a server leave that has begun, and says how to empty the record", async () => {
      await assert.rejects(
        prepare({ ...none, begun }, { brokers: [0, 1] }),
        /^RefusedError: No broker runs \(broker\.kafka\.svc\.invalid has no address\), so broker 2, broker 3 cannot be drained before they leave/,
      );
      const refusal = prepare({ ...none, begun }, { brokers: [0, 1, 2, 3], controllers: [0, 1] });
      const patch = await refusal.then(
        () => "",
        (error: unknown) => /-p '(.*)'$/.exec((error as Error).message)?.[1] ?? "",
      );
      const { data } = JSON.parse(patch) as { data: { "servers.json": string } };
      assert.deepEqual(
        await prepare({ ...none, begun: file("servers.json", data["servers.json"]) }, { brokers: [0] }),
        ["broker.kafka.svc.invalid has no address: no server leaves that has begun to run, so there is nothing to do."],
      );
    });

    it("refuses to let a controller leave with its vote for a version whose quorum is static", async () => {
      const { controllers, ...fixed } = STATE;
      assert.ok(controllers);
      const path = file("cluster.json", JSON.stringify({ ...fixed, brokers: [0, 1, 2, 3], voters: [0] }));
      await assert.rejects(
        run(["prepare", "--file", path], "broker.kafka.svc.invalid:9092", { ...none, begun }),
        /so controller 1, controller 2 cannot be drained/,
      );
    });

    it("keeps controllers of a static quorum", async () => {
      const { controllers, ...fixed } = STATE;
      assert.ok(controllers);
      const path = file("cluster.json", JSON.stringify({ ...fixed, brokers: [0, 1, 2, 3] }));
      assert.equal(
        (await run(["prepare", "--file", path], "broker.kafka.svc.invalid:9092", { ...none, begun })).length,
        1,
      );
    });

    it("refuses where an older version may have run servers that it did not record", async () => {
      const earlier = dirname(file("server.properties", ""));
      await assert.rejects(prepare({ ...none, earlier }), /made by a version that did not record which servers began/);
      assert.equal((await prepare({ begun, earlier }, { brokers: [0, 1, 2, 3] })).length, 1);
    });

    it("assumes nothing without a record, or with an unreadable one", async () => {
      await assert.rejects(prepare({}), /it is not known whether one ever ran/);
      await assert.rejects(prepare({ ...none, begun: tmpdir() }), /cannot be read/);
      await assert.rejects(prepare({ ...none, begun: file("servers.json", "{}") }), /does not say which/);
    });
  });

  describe("whyNoneRuns", () => {
    it('takes lasting refusals for "nothing listens", but never an accepted connection', async () => {
      const said: string[] = [];
      const server = createServer((socket) => socket.destroy());
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as { port: number };
      assert.equal(await whyNoneRuns("127.0.0.1", port, (line) => said.push(line), 0), undefined);
      await new Promise((resolve) => server.close(resolve));
      const why = await whyNoneRuns("127.0.0.1", port, (line) => said.push(line), 1_500);
      assert.equal(why, `nothing listens at 127.0.0.1:${port}`);
      assert.deepEqual(said, [`Waiting up to 1.5 s for brokers that restart: ${why}.`]);
    });
  });

  it("refuses with one sentence when nobody answers", async () => {
    const refusal = run(["wait", "--brokers", "0", "--wait", "0"]);
    await assert.rejects(
      refusal,
      (error) => error instanceof RefusedError && /^Kafka failed at .*ECONNREFUSED/.test(error.message),
    );
  });

  it("refuses a malformed address", async () => {
    await assert.rejects(
      run(["status"], "kafka"),
      /KAFKA_BOOTSTRAP_ADDRESS: "kafka" in the bootstrap list is not host:port/,
    );
  });

  it("refuses an unreadable topics file before it asks Kafka anything", async () => {
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

  it("asks for either a broker to drain or the brokers to keep", async () => {
    await assert.rejects(run(["drain"]), RefusedError);
    await assert.rejects(run(["drain", "3", "--keep", "0,1"]), RefusedError);
  });
});
