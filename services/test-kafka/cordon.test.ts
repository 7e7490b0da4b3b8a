import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestCluster } from "./cluster.js";
import { ended, launch } from "./processes.js";

interface Report {
  readonly brokers: readonly { readonly id: number; readonly replicas: number }[];
  readonly cordoned: readonly number[];
}

describe("cordoned brokers", function () {
  this.timeout(300_000);
  const directory = mkdtempSync(join(tmpdir(), "cordon-test-"));
  let cluster: TestCluster;

  async function run(...args: string[]): Promise<{ code: number | null; text: string }> {
    const environment = { KAFKA_BOOTSTRAP_ADDRESS: cluster.bootstrap, KAFKA_EARLIER_CONFIG_DIR: directory };
    const { code, lines, errors } = await ended(launch("ops", environment, args));
    return { code, text: [...lines, ...errors].join("\n") };
  }

  /** Runs one of the Jobs around a change. */
  const change = (
    which: "prepare" | "finish",
    state: {
      brokers: number[];
      cordoned: number[];
      topics: readonly object[];
      rebalance?: boolean;
    },
  ) => {
    const { rebalance = true, ...rest } = state;
    const moves = { throttle: 52_428_800, stallSeconds: 120, rebalance, wait: true, diskLimit: 100 };
    const path = join(directory, "cluster.json");
    writeFileSync(path, JSON.stringify({ version: "4.3.1", ...rest, settings: {}, moves }));
    return run(which, "--file", path);
  };

  async function done(...args: Parameters<typeof change>): Promise<string> {
    const { code, text } = await change(...args);
    assert.equal(code, 0, text);
    return text;
  }

  async function report(): Promise<Report> {
    return JSON.parse((await run("status", "--json")).text) as Report;
  }

  /** Replicas by broker: 0 and 3 are in one rack, and each rack has one of each partition where it can. */
  const replicas = async () => Object.fromEntries((await report()).brokers.map(({ id, replicas: held }) => [id, held]));

  const topic = (name: string, replicationFactor = 3) => ({ name, partitions: 12, replicationFactor, config: {} });
  const all = [0, 1, 2, 3];

  before(async () => {
    writeFileSync(join(directory, "version"), "4.3.1");
    cluster = await TestCluster.start(4);
    await done("finish", { brokers: all, cordoned: [], topics: [topic("first")] });
    assert.deepEqual(await replicas(), { 0: 6, 1: 12, 2: 12, 3: 6 });
  });

  after(() => cluster.close());

  it("are drained, and get nothing of topics that are created", async () => {
    const plan = await run("plan", "--brokers", "0-1,3");
    assert.equal(plan.code, 0, plan.text);
    assert.match(plan.text, /^first-\d+ /m);
    const text = await done("finish", { brokers: all, cordoned: [2], topics: [topic("first"), topic("second")] });
    assert.match(text, /Broker 2 is cordoned: it gets no new replicas\./);
    assert.deepEqual(await replicas(), { 0: 24, 1: 24, 2: 0, 3: 24 });
    assert.deepEqual((await report()).cordoned, [2]);
    assert.match((await run("status")).text, /Cordoned, so without new replicas: 2\./);
  });

  it("stay as they are when nothing has changed", async () => {
    const text = await done("finish", { brokers: all, cordoned: [2], topics: [topic("first"), topic("second")] });
    assert.doesNotMatch(text, /Broker 2 is/);
    assert.deepEqual(await replicas(), { 0: 24, 1: 24, 2: 0, 3: 24 });
  });

  it("get no replicas when a topic is to have more of them", async () => {
    await done("finish", { brokers: all, cordoned: [2], topics: [topic("first"), topic("second"), topic("third", 1)] });
    await done("finish", { brokers: all, cordoned: [2], topics: [topic("first"), topic("second"), topic("third", 3)] });
    assert.deepEqual(await replicas(), { 0: 36, 1: 36, 2: 0, 3: 36 });
  });

  it("are refused before anything changes when the others cannot hold a topic", async () => {
    const topics = [topic("first"), topic("second"), topic("third")];
    const { code, text } = await change("prepare", { brokers: all, cordoned: [1, 2], topics: [] });
    assert.equal(code, 1, text);
    assert.match(text, /2 brokers cannot hold all topics: .*first has replication factor 3/);
    assert.equal((await change("prepare", { brokers: all, cordoned: [2], topics })).code, 0);
  });

  it("get their share back once they are cordoned no longer", async () => {
    const topics = [topic("first"), topic("second"), topic("third")];
    assert.match(await done("finish", { brokers: all, cordoned: [], topics }), /Broker 2 is no longer cordoned\./);
    assert.deepEqual(await replicas(), { 0: 18, 1: 36, 2: 36, 3: 18 });
  });

  it("are drained where partitions are not spread evenly, too", async () => {
    const topics = [topic("first"), topic("second"), topic("third")];
    await done("finish", { brokers: all, cordoned: [2], topics, rebalance: false });
    assert.equal((await replicas())[2], 0);
    await done("finish", { brokers: all, cordoned: [], topics });
  });

  it("are those that leave, so that no topic is created there while they are drained; not when they stay after all", async () => {
    const topics = [topic("first"), topic("second"), topic("third")];
    const text = await done("prepare", { brokers: [0, 1, 2], cordoned: [], topics });
    assert.match(text, /Broker 3 is cordoned: it gets no new replicas\./);
    assert.deepEqual((await report()).cordoned, [3]);
    await run("topics", "apply", "--file", withTopics([topic("meanwhile")]));
    assert.deepEqual(await replicas(), { 0: 48, 1: 48, 2: 48, 3: 0 });
    await done("finish", { brokers: all, cordoned: [], topics });
    assert.deepEqual(await replicas(), { 0: 24, 1: 48, 2: 48, 3: 24 });
  });

  it("get nothing of brokers that leave, nor of one that is drained by hand", async () => {
    const topics = [topic("first", 2), topic("second", 2), topic("third", 2), topic("meanwhile", 2)];
    await done("finish", { brokers: all, cordoned: [2], topics });
    const text = await done("prepare", { brokers: [0, 1, 2], cordoned: [2], topics });
    assert.match(text, /Cordoned, so drained with the others: 2\./);
    assert.deepEqual(await replicas(), { 0: 48, 1: 48, 2: 0, 3: 0 });
    await done("finish", { brokers: all, cordoned: [2], topics });
    assert.notEqual((await replicas())[3], 0);
    const byHand = await run("drain", "3", "--disk-limit", "100");
    assert.equal(byHand.code, 0, byHand.text);
    assert.deepEqual(await replicas(), { 0: 48, 1: 48, 2: 0, 3: 0 });
    await done("finish", { brokers: all, cordoned: [], topics });
  });

  it("are not left by a change that is refused", async () => {
    const { code, text } = await change("prepare", { brokers: [0], cordoned: [], topics: [] });
    assert.equal(code, 1, text);
    assert.deepEqual((await report()).cordoned, []);
  });

  const withTopics = (topics: readonly object[]): string => {
    const path = join(directory, "topics.json");
    writeFileSync(path, JSON.stringify({ topics }));
    return path;
  };
});
