import assert from "node:assert/strict";
import { initProducerIdV5, NetworkError, produceV11, ResponseError } from "@platformatic/kafka";
import type { ClusterView } from "../src/kafka/client.js";
import type { WriterClient } from "../src/kafka/partition-writer.js";

/** A partition's log as a broker keeps it: each sequence number of a producer is written once. */
export class FakeBroker implements WriterClient {
  readonly log: string[] = [];
  readonly requests: { readonly producerId: bigint; readonly sequence: number; readonly values: string[] }[] = [];
  /** Faults of the next produce requests, in turn; later requests succeed. */
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
