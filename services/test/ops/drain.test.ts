import assert from "node:assert/strict";
import type { Cluster } from "../../src/ops/cluster.js";
import { brokersBeside, drain, refuseIfUndrainable } from "../../src/ops/commands/drain.js";
import { unregister } from "../../src/ops/commands/unregister.js";
import { RefusedError } from "../../src/ops/refused.js";
import { placementsUpToDate } from "../../src/ops/up-to-date.js";
import { fake, type Fake, view } from "./knowing-brokers.js";

const said: string[] = [];
const options = {
  throttle: 1_024,
  stall: 1,
  waitMs: 0,
  print: (line: string) => said.push(line),
  signal: new AbortController().signal,
  dryRun: true,
};

describe("who holds partitions", () => {
  beforeEach(() => (said.length = 0));

  const fresh = view([0, 1, 2, 3], [[0, 3]]);
  const stale = view([0, 1, 2, 3], [[0, 1]]);
  const views = new Map([0, 1, 2, 3].map((id) => [id, id === 1 ? stale : fresh]));
  const held = async (cluster: Cluster) => placementsUpToDate(cluster, ({ partitions }) => partitions[0]?.replicas);

  it("is said by brokers with the controllers' latest metadata, not by one that is cut off", async () => {
    const cluster = fake({ views, logs: { 0: 10, 1: 9, 2: 11, 3: 3 }, any: 1 });
    assert.deepEqual(await held(cluster), [
      [0, 3],
      [0, 3],
    ]);
    assert.equal(await refuseIfUndrainable(cluster, { ...options, keep: [0, 1, 2] }), true);
  });

  it("is kept of each broker's answer only as far as it is asked for, before the next one is asked", async () => {
    const did: string[] = [];
    const cluster = fake({ views, logs: { 0: 10, 2: 10 }, any: 0 });
    const describedBy = (id: number) => {
      did.push(`ask ${id}`);
      return Promise.resolve(views.get(id));
    };
    const parts = await placementsUpToDate(Object.assign(cluster, { describedBy }), () => did.push("take"));
    assert.deepEqual(did, ["ask 0", "take", "ask 2", "take"]);
    assert.deepEqual(parts, [2, 4]);
  });

  it("is said by the controller with ZooKeeper", async () => {
    assert.deepEqual(await held(fake({ views, any: 1 })), [[0, 3]]);
  });

  it("is known to nobody when no broker has caught up", async function () {
    this.timeout(30_000);
    await assert.rejects(held(fake({ views, logs: { 0: 9, 1: 9 }, any: 1 })), /No broker has the controllers' latest/);
  });

  it("lets no broker be forgotten that only a broker which is cut off thinks empty", async () => {
    const registered = [0, 1, 2, 3].map((id) => ({ id, fenced: id === 3 }));
    const cluster = fake({ views, logs: { 0: 10, 1: 9 }, any: 1, registered });
    await assert.rejects(
      unregister(cluster, { keep: [0, 1, 2], waitMs: 0, print: options.print }),
      /Broker 3 still holds t-0; drain it first/,
    );
  });
});

describe("ops drain", () => {
  beforeEach(() => (said.length = 0));

  const of = (up: readonly number[], replicas: readonly (readonly number[])[], more: Partial<Fake> = {}) =>
    fake({ views: new Map(up.map((id) => [id, view(up, replicas)])), logs: { 0: 10 }, any: 0, ...more });

  it("moves nothing to brokers that are cordoned", async () => {
    const held = [[0, 3]];
    await drain(of([0, 1, 2, 3], held, { cordoned: [2] }), { ...options, keep: [0, 1, 2] });
    assert.equal(said[0], "Cordoned, so drained with the others: 2.");
    await assert.rejects(
      drain(of([0, 1, 2, 3], held, { cordoned: [1, 2] }), { ...options, keep: [0, 1, 2] }),
      /1 broker cannot hold all topics: t has replication factor 2/,
    );
  });

  it("leaves brokers that are only down what they hold", async () => {
    const cluster = of(
      [0, 1, 3],
      [
        [0, 2],
        [1, 3],
      ],
    );
    assert.deepEqual(await brokersBeside(cluster, 3, options.print), [0, 1, 2]);
    assert.deepEqual(said, [
      "Not up, but keeping what they hold: 2. If they are gone for good, name the brokers that stay with --keep.",
    ]);
  });

  it("says what it costs to drain a broker that is down", async () => {
    const registered = [0, 1, 2].map((id) => ({ id, fenced: id === 2 }));
    assert.deepEqual(await brokersBeside(of([0, 1], [[0, 2]], { registered }), 2, options.print), [0, 1]);
    assert.match(said[0] ?? "", /^Broker 2 is not up\. .* have a copy less until then\. Where only it has all records/);
    await assert.rejects(
      drain(of([0, 1], [[2]], { registered }), { ...options, keep: [0, 1] }),
      /t-0 has no leader, so it cannot be moved: of the brokers that hold it, 2 are not up/,
    );
  });

  it("refuses a broker that nobody knows", async () => {
    await assert.rejects(brokersBeside(of([0, 1], [[0, 1]]), 7, options.print), RefusedError);
  });
});
