import assert from "node:assert/strict";
import { initProducerIdV5, NetworkError, produceV11, ResponseError } from "@platformatic/kafka";
import type { ClusterView } from "../../src/kafka/client.js";
import { NotAcknowledgedError, PartitionWriter, type WriterClient } from "../../src/kafka/partition-writer.js";

/** A partition's log as a broker keeps it: a batch is written once for each producer and sequence number. */
class FakeBroker implements WriterClient {
  readonly log: string[] = [];
  readonly requests: { readonly producerId: bigint; readonly sequence: number; readonly values: string[] }[] = [];
  /** What happens to the next produce requests, in turn; without more of these they succeed. */
  readonly faults: ("lost before" | "lost after" | "no leader" | "out of order" | "too large" | "duplicate")[] = [];
  readonly #next = new Map<bigint, number>();
  #producers = 0n;
  refreshes = 0;

  readonly lastSeen: ClusterView = {
    clusterId: "fake",
    controllerId: 0,
    brokers: new Map(),
    topics: new Map([
      [
        "room",
        { name: "room", id: "id", internal: false, partitions: [{ index: 0, leader: 0, replicas: [0], isr: [0] }] },
      ],
    ]),
  };

  metadata(): Promise<ClusterView> {
    this.refreshes += 1;
    return Promise.resolve(this.lastSeen);
  }

  // The writer makes two kinds of requests; the types of all others do not matter here.
  request = ((_target: unknown, api: unknown, ...args: unknown[]): Promise<unknown> => {
    if (api === initProducerIdV5.api) return Promise.resolve({ producerId: ++this.#producers, producerEpoch: 0 });
    assert.equal(api, produceV11.api);
    const [acks, , records, options] = args as [
      number,
      number,
      { value: Buffer }[],
      { producerId: bigint; sequences: Map<string, number> },
    ];
    assert.equal(acks, -1);
    const sequence = options.sequences.get("room:0") ?? -1;
    const values = records.map(({ value }) => value.toString());
    this.requests.push({ producerId: options.producerId, sequence, values });
    return this.#produce(options.producerId, sequence, values);
  }) as WriterClient["request"];

  async #produce(producerId: bigint, sequence: number, values: string[]): Promise<unknown> {
    await new Promise((resolve) => setImmediate(resolve));
    const fault = this.faults.shift();
    if (fault === "lost before") throw new NetworkError("Connection closed");
    if (fault === "no leader") throw responseError(6);
    if (fault === "too large") throw responseError(10);
    if (fault === "out of order") throw responseError(45);
    if (fault === "duplicate") throw responseError(46);
    const expected = this.#next.get(producerId) ?? 0;
    let baseOffset = this.log.length;
    if (sequence < expected) baseOffset = this.log.lastIndexOf(values[0] ?? "");
    else {
      assert.equal(sequence, expected, "a gap in the sequence numbers");
      this.#next.set(producerId, expected + values.length);
      this.log.push(...values);
    }
    if (fault === "lost after") throw new NetworkError("Connection closed");
    return { responses: [{ name: "room", partitionResponses: [{ baseOffset: BigInt(baseOffset) }] }] };
  }
}

function responseError(code: number): ResponseError {
  return new ResponseError(0, 11, { "/responses/0/partition_responses/0": [code, null] }, undefined);
}

const soon = () => Date.now() + 5_000;

describe("PartitionWriter", () => {
  let broker: FakeBroker;
  let writer: PartitionWriter;

  beforeEach(() => {
    broker = new FakeBroker();
    writer = new PartitionWriter(broker, "room", 0, Buffer.from("room"));
  });

  it("says where each record is", async () => {
    assert.deepEqual(await writer.append(Buffer.from("a"), soon()), { partition: 0, offset: 0 });
    assert.deepEqual(await writer.append(Buffer.from("b"), soon()), { partition: 0, offset: 1 });
  });

  it("sends what comes while a request is under way together, in order", async () => {
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

  it("keeps a request below what brokers take", async () => {
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

  it("takes a duplicate for written", async () => {
    broker.faults.push("duplicate");
    assert.deepEqual(await writer.append(Buffer.from("a"), soon()), { partition: 0, offset: -1 });
  });

  it("begins a new identity when the broker has lost the old one", async () => {
    await writer.append(Buffer.from("a"), soon());
    broker.faults.push("out of order");
    await writer.append(Buffer.from("b"), soon());
    assert.deepEqual(broker.log, ["a", "b"]);
    assert.deepEqual(broker.requests.at(-1), { producerId: 2n, sequence: 0, values: ["b"] });
  });

  it("passes a refusal on and goes on with the next record", async () => {
    broker.faults.push("too large");
    await assert.rejects(writer.append(Buffer.from("a"), soon()), /Produce/);
    await writer.append(Buffer.from("b"), soon());
    assert.deepEqual(broker.log, ["b"]);
  });

  it("gives up at the deadline, and never uses the lost request's sequence number for another record", async () => {
    broker.faults.push(...Array.from({ length: 50 }, () => "lost before" as const));
    await assert.rejects(writer.append(Buffer.from("a"), Date.now() + 100), NotAcknowledgedError);
    broker.faults.length = 0;
    await writer.append(Buffer.from("b"), soon());
    assert.deepEqual(broker.log, ["b"]);
    assert.equal(broker.requests.at(-1)?.producerId, 2n);
  });

  it("does not send what waited beyond its deadline", async () => {
    broker.faults.push(...Array.from({ length: 50 }, () => "no leader" as const));
    const first = writer.append(Buffer.from("a"), Date.now() + 150);
    const second = writer.append(Buffer.from("b"), Date.now() + 50);
    await assert.rejects(first, NotAcknowledgedError);
    await assert.rejects(second, NotAcknowledgedError);
    assert.ok(broker.requests.every(({ values }) => values.join() === "a"));
  });
});
