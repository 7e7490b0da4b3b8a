import assert from "node:assert/strict";
import {
  describeConfigsV4,
  describeLogDirsV4,
  incrementalAlterConfigsV1,
  listPartitionReassignmentsV0,
} from "@platformatic/kafka";
import type { ClusterView, KafkaClient, Target } from "../../src/kafka/client.js";
import { Cluster } from "../../src/ops/cluster.js";
import { previewMoves } from "../../src/ops/commands/preview-moves.js";
import { redistribute } from "../../src/ops/commands/redistribute.js";
import { sizesOf } from "../../src/ops/move/cluster-port.js";
import { removeThrottles, throttle } from "../../src/ops/move/throttle.js";
import type { PlanChange } from "../../src/ops/plan/types.js";

const TOPICS = 1_000;
const EACH = 200;
const GIB = 2 ** 30;
const signal = new AbortController().signal;

type Configs = readonly { readonly name: string; readonly value?: string }[];

/** A cluster with 200,000 partitions that are even on its first brokers, and counts what it is asked. */
class LargeCluster {
  readonly view: ClusterView;
  readonly asked = new Map<unknown, number>();
  readonly targets: Target[] = [];
  readonly altered: { readonly resourceName: string; readonly configs: Configs }[] = [];
  /** Answered as what is under way. */
  moving: readonly unknown[] = [];
  metadata = 0;
  readonly #held = new Map<number, Map<string, number[]>>();

  constructor(brokers: number, holders = brokers) {
    const topics = Array.from({ length: TOPICS }, (_, topic) => {
      const partitions = Array.from({ length: EACH }, (_, index) => {
        const replicas = [0, 1, 2].map((offset) => (topic * EACH + index + offset) % holders);
        return { index, leader: replicas[0] ?? -1, replicas, isr: replicas };
      });
      const name = `topic-${topic}`;
      for (const { index, replicas } of partitions) for (const id of replicas) this.#hold(id, name, index);
      return [name, { name, id: name, internal: false, partitions }] as const;
    });
    const up = Array.from({ length: brokers }, (_, id) => {
      return [id, { id, host: `broker-${id}`, port: 9092, rack: `zone-${id % 4}` }] as const;
    });
    this.view = { clusterId: "c", controllerId: 0, brokers: new Map(up), topics: new Map(topics) };
  }

  get cluster(): Cluster {
    const client = {
      metadata: () => {
        this.metadata += 1;
        return Promise.resolve(this.view);
      },
      request: (target: Target, api: unknown, ...args: unknown[]) => {
        this.asked.set(api, (this.asked.get(api) ?? 0) + 1);
        this.targets.push(target);
        return Promise.resolve(this.#answer(target, api, args));
      },
    } as unknown as KafkaClient;
    return new Cluster(client, 0, signal);
  }

  times(api: unknown): number {
    return this.asked.get(api) ?? 0;
  }

  #hold(broker: number, topic: string, partition: number): void {
    const topics = this.#held.get(broker) ?? new Map<string, number[]>();
    this.#held.set(broker, topics.set(topic, [...(topics.get(topic) ?? []), partition]));
  }

  #answer(target: Target, api: unknown, [first]: unknown[]): unknown {
    if (api === listPartitionReassignmentsV0.api) return { topics: this.moving };
    if (api === incrementalAlterConfigsV1.api) {
      this.altered.push(...(first as typeof this.altered));
      return {};
    }
    if (api === describeConfigsV4.api) {
      const results = (first as { resourceType: number; resourceName: string }[]).map((each) => {
        const last = this.altered.filter(({ resourceName }) => resourceName === each.resourceName).at(-1);
        const configs = (last?.configs ?? []).map((config) => ({
          ...config,
          configSource: each.resourceType === 2 ? 1 : 2,
        }));
        return { ...each, errorCode: 0, configs };
      });
      return { results };
    }
    assert.equal(api, describeLogDirsV4.api);
    const topics = [...(this.#held.get(Number(target)) ?? [])].map(([name, partitions]) => ({
      name,
      partitions: partitions.map((partitionIndex) => ({
        partitionIndex,
        partitionSize: BigInt(GIB),
        isFutureKey: false,
      })),
    }));
    const disk = { totalBytes: BigInt(4_000 * GIB), usableBytes: BigInt(3_000 * GIB) };
    return { results: [{ errorCode: 0, logDir: "/data", topics, ...disk }] };
  }
}

/** Seconds of this process's own work, which other load on the machine does not change. */
async function working(work: () => Promise<void>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

describe("operations on 1,000 brokers with 200,000 partitions", function () {
  this.timeout(120_000);
  const ids = (count: number) => Array.from({ length: count }, (_, id) => id);
  const options = { throttle: 52_428_800, stall: 900, waitMs: 0, dryRun: true, signal };

  it("plan a broker more with one request for the disks of each, metadata of one, and 30 s of work", async () => {
    const large = new LargeCluster(1_001, 1_000);
    const seconds = await working(async () => {
      const { moves, shares } = await previewMoves(large.cluster, {
        ...options,
        brokers: ids(1_001),
        evenBytes: true,
        print: () => undefined,
      });
      assert.ok(moves.length > 500, `${moves.length} moves`);
      assert.equal(shares.length, 1_001);
    });
    assert.ok(seconds <= 30, `took ${seconds.toFixed(1)} s`);
    assert.equal(large.times(describeLogDirsV4.api), 1_001);
    assert.ok(large.metadata <= 3 && large.times(listPartitionReassignmentsV0.api) <= 3);
  });

  it("drain one broker and ask only those that take part for their disks", async () => {
    const large = new LargeCluster(1_000);
    const lines: string[] = [];
    const seconds = await working(async () => {
      await redistribute(large.cluster, { ...options, brokers: ids(999), print: (line) => lines.push(line) });
    });
    assert.match(lines.at(-1) ?? "", /^\d+ partitions to copy \(\d+\.\d GiB\)/);
    assert.ok(seconds <= 30, `took ${seconds.toFixed(1)} s`);
    // Twice: for the summary, and for the room.
    assert.ok(large.times(describeLogDirsV4.api) <= 2 * 1_000);
    assert.ok(large.metadata <= 6 && large.times(listPartitionReassignmentsV0.api) <= 6);
  });

  it("ask a broker for the sizes of its own partitions", async () => {
    const large = new LargeCluster(1_000);
    const changes = [
      { topic: "topic-0", partition: 0, from: [0, 1], to: [0, 7] },
      { topic: "topic-0", partition: 1, from: [1, 2], to: [1, 7] },
    ];
    await sizesOf(large.cluster, changes);
    assert.deepEqual(large.targets, [0, 1, 7, 2]);
  });

  it("throttle many topics in few requests, and a topic with many copies as a whole", async () => {
    const large = new LargeCluster(1_000);
    const changes = ids(1_000).map((topic): PlanChange => ({
      topic: `topic-${topic}`,
      partition: 0,
      from: [0],
      to: [1],
    }));
    const wide = ids(1_001).map((partition): PlanChange => ({ topic: "wide", partition, from: [0], to: [1] }));
    await throttle(large.cluster, [...changes, ...wide], 1_024);
    // One for each of two brokers, three for 1,001 topics.
    assert.equal(large.times(incrementalAlterConfigsV1.api), 5);
    const valuesOf = (name: string) =>
      large.altered.find(({ resourceName }) => resourceName === name)?.configs.map(({ value }) => value);
    const valuesLast = (name: string) =>
      large.altered.findLast(({ resourceName }) => resourceName === name)?.configs.map(({ value }) => value);
    assert.deepEqual(valuesOf("topic-5"), ["0:0", "0:1"]);
    assert.deepEqual(valuesOf("wide"), ["*", "*"]);
    assert.deepEqual(valuesOf("1"), ["1024", "1024"]);
    // A later batch ends that where nothing moves any more, and nowhere else.
    const whole = new Set(["topic-7", "topic-8"]);
    await throttle(large.cluster, wide, 1_024, whole);
    assert.deepEqual([valuesLast("topic-7"), [...whole]], [[undefined, undefined], ["wide"]]);
    const partition = { partitionIndex: 0, replicas: [0, 1, 2, 9], addingReplicas: [9], removingReplicas: [2] };
    large.moving = [{ name: "topic-8", partitions: [partition] }];
    whole.add("topic-8");
    await throttle(large.cluster, changes.slice(0, 1), 1_024, whole);
    assert.deepEqual([valuesLast("wide"), [...whole]], [[undefined, undefined], ["topic-8"]]);
    large.moving = [];
    await throttle(large.cluster, [...changes, ...wide], 1_024);
    large.asked.clear();
    // The topic `wide` is none of the cluster's.
    assert.equal(await removeThrottles(large.cluster), 1_002);
    assert.equal(large.times(describeConfigsV4.api), 1_002);
    assert.equal(large.times(incrementalAlterConfigsV1.api), 4);
  });
});
