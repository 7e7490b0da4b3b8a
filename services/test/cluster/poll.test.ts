import assert from "node:assert/strict";
import {
  apiVersionsV3,
  describeConfigsV4,
  describeLogDirsV4,
  describeQuorumV2,
  listPartitionReassignmentsV0,
  ResponseError,
  TimeoutError,
} from "@platformatic/kafka";
import { ClusterPoll } from "../../src/cluster/poll.js";
import type { ClusterView, KafkaClient, Target } from "../../src/kafka/client.js";
import { describeClusterV2 } from "../../src/kafka/protocol/describe-cluster.js";

const QUORUM = { apiKey: describeQuorumV2.api.key, minVersion: 0, maxVersion: 2 };
const CLUSTER = { apiKey: describeClusterV2.key, minVersion: 0, maxVersion: 2 };

/** A cluster of three brokers that answers the page's questions, and notes whom it was asked through. */
class FakeCluster {
  versions = [QUORUM, CLUSTER];
  /** Brokers that do not answer. */
  readonly silent = new Set<Target>();
  /** Kinds of requests that fail, with the error. */
  readonly failing = new Map<unknown, Error>();
  /** When brokers were last caught up, where not now. */
  readonly caughtUp = new Map<number, bigint>();
  cordoned: string | undefined = "";
  leader = 100;
  readonly sources: number[] = [];
  cordonsAsked = 0;
  disksAsked = 0;
  /** Size and rest of each log directory; a failed one has none. */
  directories: readonly (readonly [bigint, bigint] | undefined)[] = [[100n, 70n]];

  readonly client = {
    poll: (_broker: number, api: unknown): Promise<unknown> => {
      assert.equal(api, describeLogDirsV4.api);
      this.disksAsked += 1;
      const failure = this.failing.get(api);
      if (failure) return Promise.reject(failure);
      const response = {
        results: this.directories.map((sizes) => ({
          errorCode: sizes ? 0 : 56,
          totalBytes: sizes?.[0] ?? -1n,
          usableBytes: sizes?.[1] ?? -1n,
        })),
      };
      if (this.directories.every((sizes) => sizes !== undefined)) return Promise.resolve(response);
      return Promise.reject(new ResponseError(35, 4, { "/results/0": [56, null] }, response));
    },
    metadata: (topics: readonly string[] | null, from: Target = "any"): Promise<ClusterView> => {
      if (this.silent.has(from)) return Promise.reject(new Error(`broker ${from} is silent`));
      if (topics === null && typeof from === "number") this.sources.push(from);
      return Promise.resolve({
        clusterId: "fake",
        controllerId: 2,
        brokers: new Map([0, 1, 2].map((id) => [id, { id, host: "", port: 1, rack: undefined }])),
        topics: new Map(),
      });
    },
    request: (target: Target, api: unknown): Promise<unknown> => {
      const failure = this.failing.get(api);
      return failure ? Promise.reject(failure) : Promise.resolve(this.#answer(target, api));
    },
  } as unknown as KafkaClient;

  #answer(target: Target, api: unknown): unknown {
    const now = 1_000_000n;
    const member = (replicaId: number) => ({
      replicaId,
      lastFetchTimestamp: now,
      lastCaughtUpTimestamp: this.caughtUp.get(replicaId) ?? now,
    });
    if (api === apiVersionsV3.api) return { apiKeys: this.versions };
    if (api === describeQuorumV2.api) {
      const partition = {
        leaderId: this.leader,
        currentVoters: [101, 100].map(member),
        observers: [0, 1, 2].map(member),
      };
      return { topics: [{ partitions: [partition] }] };
    }
    if (api === describeClusterV2) return [{ id: 7, host: "", port: 1, rack: "a", fenced: true }];
    if (api === listPartitionReassignmentsV0.api) return { topics: [] };
    assert.equal(api, describeConfigsV4.api);
    this.cordonsAsked += 1;
    const configs = this.cordoned === undefined ? [] : [{ name: "cordoned.log.dirs", value: target === 1 ? "*" : "" }];
    return { results: [{ configs }] };
  }
}

describe("A poll of the cluster", () => {
  let kafka: FakeCluster;
  let now: number;
  let poll: ClusterPoll;
  beforeEach(() => {
    kafka = new FakeCluster();
    now = 0;
    poll = new ClusterPoll(kafka.client, () => now);
  });

  it("says who controls the cluster, which brokers are fenced, and which are cordoned", async () => {
    const { doubt, controllers, brokers, moves } = await poll.ask();
    assert.equal(doubt, null);
    assert.deepEqual(controllers, {
      value: {
        leader: 100,
        voters: [
          { id: 100, behindMs: 0 },
          { id: 101, behindMs: 0 },
        ],
      },
    });
    assert.deepEqual(
      brokers.map(({ id, running, cordoned }) => [id, running, cordoned]),
      [
        [0, true, false],
        [1, true, true],
        [2, true, false],
        [7, false, null],
      ],
    );
    assert.deepEqual(moves, { value: { rows: [], total: 0 } });
  });

  it("asks the same broker again, and another one when that is silent", async () => {
    await poll.ask();
    await poll.ask();
    const [first, second] = kafka.sources;
    assert.ok(first !== undefined);
    assert.equal(second, first);
    kafka.silent.add(first);
    await poll.ask();
    assert.notEqual(kafka.sources.at(-1), first);
    for (const id of [0, 1, 2, "any"] as const) kafka.silent.add(id);
    await assert.rejects(poll.ask(), /is silent/);
  });

  it("doubts a broker that the controllers do not answer, or that is behind them, and asks another", async () => {
    kafka.failing.set(describeQuorumV2.api, new Error("timed out"));
    const first = await poll.ask();
    assert.match(first.doubt ?? "", /controllers do not answer through broker \d, .* may be old: timed out/);
    assert.deepEqual(first.controllers, { unknown: "timed out" });
    kafka.failing.clear();
    for (const id of [0, 1, 2]) kafka.caughtUp.set(id, 970_000n);
    assert.match((await poll.ask()).doubt ?? "", /is 30 s behind the controllers/);
    for (const id of [0, 1, 2]) kafka.caughtUp.set(id, -1n);
    assert.match((await poll.ask()).doubt ?? "", /has never caught up with the controllers/);
    kafka.caughtUp.clear();
    kafka.leader = -1;
    assert.match((await poll.ask()).doubt ?? "", /There is no active controller/);
    kafka.leader = 100;
    assert.equal((await poll.ask()).doubt, null);
  });

  it("says what it may not know, and does not take that for silence", async () => {
    const refused = new ResponseError(55, 2, { "/": [31, null] }, undefined);
    kafka.failing.set(describeQuorumV2.api, refused).set(listPartitionReassignmentsV0.api, refused);
    const { doubt, controllers, moves } = await poll.ask();
    assert.equal(doubt, null);
    assert.ok("unknown" in controllers && controllers.unknown.startsWith("CLUSTER_AUTHORIZATION_FAILED"));
    assert.ok("unknown" in moves && moves.unknown.startsWith("CLUSTER_AUTHORIZATION_FAILED"));
  });

  it("takes the controller from the metadata with ZooKeeper, and knows no broker that is away", async () => {
    kafka.versions = [];
    kafka.cordoned = undefined;
    const { controllers, brokers, doubt } = await poll.ask();
    assert.deepEqual([controllers, doubt], [{ value: { leader: 2, voters: [] } }, null]);
    assert.deepEqual(
      brokers.map(({ id, cordoned }) => [id, cordoned]),
      [
        [0, null],
        [1, null],
        [2, null],
      ],
    );
  });

  it("asks each broker about its cordon only now and then", async () => {
    await poll.ask();
    await poll.ask();
    assert.equal(kafka.cordonsAsked, 3);
    now += 10_000;
    await poll.ask();
    assert.equal(kafka.cordonsAsked, 6);
  });

  const disks = async () => (await poll.ask()).brokers.map(({ disk }) => disk);

  it("says how full the fullest disk of each broker is, and that one failed", async () => {
    const one = { fullest: { size: 100, free: 70 }, directories: 1, failed: 0 };
    assert.deepEqual(await disks(), [one, one, one, null]);
    now += 10_000;
    kafka.directories = [undefined, [100n, 70n], [1_000n, 200n], [-1n, -1n]];
    assert.deepEqual((await disks())[0], { fullest: { size: 1_000, free: 200 }, directories: 4, failed: 1 });
    now += 10_000;
    kafka.directories = [undefined];
    assert.deepEqual((await disks())[0], { fullest: null, directories: 1, failed: 1 });
  });

  it("asks about a disk that hangs seldom, because each question holds a thread of the broker", async () => {
    kafka.failing.set(describeLogDirsV4.api, new TimeoutError("Request timed out"));
    assert.deepEqual(await disks(), [null, null, null, null]);
    now += 299_000;
    await poll.ask();
    assert.equal(kafka.disksAsked, 3);
    now += 1_000;
    kafka.failing.clear();
    now += 10_000;
    assert.equal((await disks())[0]?.directories, 1);
    kafka.failing.set(describeLogDirsV4.api, new Error("connection refused"));
    for (const asked of [9, 12]) {
      now += 10_000;
      await poll.ask();
      assert.equal(kafka.disksAsked, asked, "a broker that is away is asked again");
    }
  });
});
