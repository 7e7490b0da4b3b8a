import assert from "node:assert/strict";
import { NotAcknowledgedError, PartitionWriter } from "../../src/kafka/partition-writer.js";
import { FakeBroker } from "../fake-broker.js";

const soon = () => Date.now() + 60_000;

describe("PartitionWriter", () => {
  let broker: FakeBroker;
  let writer: PartitionWriter;

  beforeEach(() => {
    broker = new FakeBroker();
    writer = new PartitionWriter(broker, "room", 0, Buffer.from("room"));
  });

  it("returns each record's position", async () => {
    assert.deepEqual(await writer.append(Buffer.from("a"), soon()), { partition: 0, offset: 0 });
    assert.deepEqual(await writer.append(Buffer.from("b"), soon()), { partition: 0, offset: 1 });
  });

  it("batches what arrives while a request is pending, in order", async () => {
    const positions = await Promise.all(["a", "b", "c", "d"].map((text) => writer.append(Buffer.from(text), soon())));
    assert.deepEqual(
      positions.map(({ offset }) => offset),
      [0, 1, 2, 3],
    );
    assert.deepEqual(
      broker.requests.map(({ values }) => values),
      [["a"], ["b", "c", "d"]],
    );
    assert.deepEqual(
      broker.requests.map(({ sequence }) => sequence),
      [0, 1],
    );
  });

  it("keeps a request below brokers' size limit", async () => {
    const large = Array.from({ length: 5 }, () => Buffer.alloc(200_000, "x"));
    await Promise.all(large.map((value) => writer.append(value, soon())));
    assert.deepEqual(
      broker.requests.map(({ values }) => values.length),
      [1, 2, 2],
    );
  });

  for (const fault of ["lost before", "lost after", "no leader"] as const) {
    it(`writes once when a request fails (${fault})`, async () => {
      broker.faults.push(fault, fault);
      assert.deepEqual(await writer.append(Buffer.from("a"), soon()), { partition: 0, offset: 0 });
      await writer.append(Buffer.from("b"), soon());
      assert.deepEqual(broker.log, ["a", "b"]);
      assert.ok(broker.refreshes >= 2, "it did not look for the leader again");
    });
  }

  it("counts a duplicate as written", async () => {
    broker.faults.push("duplicate");
    assert.deepEqual(await writer.append(Buffer.from("a"), soon()), { partition: 0, offset: -1 });
  });

  it("gets a new producer id when the broker has lost the old one's state", async () => {
    await writer.append(Buffer.from("a"), soon());
    broker.faults.push("out of order");
    await writer.append(Buffer.from("b"), soon());
    assert.deepEqual(broker.log, ["a", "b"]);
    assert.deepEqual(broker.requests.at(-1), { producerId: 2n, sequence: 0, values: ["b"] });
  });

  it("passes on a refusal and continues with the next record", async () => {
    broker.faults.push("too large");
    await assert.rejects(writer.append(Buffer.from("a"), soon()), /Produce/);
    await writer.append(Buffer.from("b"), soon());
    assert.deepEqual(broker.log, ["b"]);
  });

  it("gives up at the deadline, and never uses the lost request's sequence number for another record", async () => {
    broker.faults.push(...Array.from({ length: 50 }, () => "lost before" as const));
    await assert.rejects(writer.append(Buffer.from("a"), Date.now() + 1_000), NotAcknowledgedError);
    broker.faults.length = 0;
    await writer.append(Buffer.from("b"), soon());
    assert.deepEqual(broker.log, ["b"]);
    assert.equal(broker.requests.at(-1)?.producerId, 2n);
  });

  it("gives up only expired records, not later ones", async () => {
    broker.faults.push(...Array.from({ length: 6 }, () => "no leader" as const));
    const first = writer.append(Buffer.from("a"), Date.now() + 100);
    const second = writer.append(Buffer.from("b"), Date.now() + 50);
    const third = writer.append(Buffer.from("c"), soon());
    await Promise.all([first, second].map((lost) => assert.rejects(lost, NotAcknowledgedError)));
    broker.faults.length = 0;
    assert.deepEqual(await third, { partition: 0, offset: 0 });
    assert.deepEqual(broker.log, ["c"]);
  });

  it("does not send a record that waited beyond its deadline", async () => {
    broker.faults.push(...Array.from({ length: 50 }, () => "no leader" as const));
    const first = writer.append(Buffer.from("a"), Date.now() + 150);
    const second = writer.append(Buffer.from("b"), Date.now() + 50);
    await assert.rejects(first, NotAcknowledgedError);
    await assert.rejects(second, NotAcknowledgedError);
    assert.ok(broker.requests.every(({ values }) => values.join() === "a"));
  });
});
