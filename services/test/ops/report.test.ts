import assert from "node:assert/strict";
import { ResponseError } from "@platformatic/kafka";
import type { KafkaClient } from "../../src/kafka/client.js";
import { Cluster } from "../../src/ops/cluster.js";
import { type ClusterReport, judge } from "../../src/ops/commands/report.js";
import { showReport } from "../../src/ops/commands/show.js";
import { readLogDirs } from "../../src/ops/log-dirs.js";
import type { QuorumMember } from "../../src/ops/quorum.js";

const voter = (id: number, behindMs: number | undefined): QuorumMember => ({
  id,
  directoryId: `directory-${id}`,
  lag: 0,
  logEnd: 10,
  host: `broker-${id}`,
  behindMs,
});

const HEALTHY: ClusterReport = {
  clusterId: "AAAAAAAAAAAAAAAAAAAAAA",
  brokers: [0, 1, 2].map((id) => ({ id, host: `broker-${id}`, rack: undefined, replicas: 1, leaders: 1, bytes: 1 })),
  controllers: { leader: 0, voters: [voter(0, 0), voter(1, 10), voter(2, 500)], highWatermark: 10, observers: [] },
  topics: 1,
  partitions: 1,
  offline: [],
  underReplicated: [],
  underMinIsr: [],
  misled: [],
  silent: [],
  failedDirectories: [],
  missingBrokers: [],
  cordoned: [],
  reassignments: 0,
  moves: undefined,
  throttled: [],
};

const wrong = (changes: Partial<ClusterReport>, brokers?: readonly number[]): string[] =>
  judge({ ...HEALTHY, ...changes }, brokers).flatMap(({ name, ok, detail }) => (ok ? [] : [`${name}: ${detail}`]));

describe("verify", () => {
  it("finds nothing wrong with a healthy cluster, of whose controllers ZooKeeper may have none", () => {
    assert.deepEqual(wrong({}), []);
    assert.deepEqual(wrong({}, [0, 1, 2]), []);
    assert.deepEqual(wrong({ controllers: undefined }), []);
  });

  for (const [what, changes, finding] of [
    ["a broker that does not say what it holds", { silent: [1] }, "all brokers answer: 1"],
    ["a broker that others know, and that is not up", { missingBrokers: [3] }, "all brokers are up: 3"],
    [
      "a log directory that failed",
      { failedDirectories: ["broker 1: /data/1"] },
      "every log directory works: broker 1: /data/1",
    ],
    [
      "a quorum whose leader nobody names",
      { controllers: { leader: -1, voters: [voter(0, 0), voter(1, 10)], highWatermark: 10, observers: [] } },
      "all controllers have caught up: the quorum has no leader",
    ],
    [
      "a quorum whose voters nobody names",
      { controllers: { leader: 0, voters: [], highWatermark: 10, observers: [] } },
      "all controllers have caught up: the quorum has no leader",
    ],
    [
      "a voter that was never heard of, and one that is behind",
      {
        controllers: {
          leader: 0,
          voters: [voter(0, 0), voter(1, undefined), voter(2, 60_000)],
          highWatermark: 10,
          observers: [],
        },
      },
      "all controllers have caught up: 1, 2",
    ],
  ] as const satisfies readonly (readonly [string, Partial<ClusterReport>, string])[]) {
    it(`takes no silence for health: ${what}`, () => {
      assert.deepEqual(wrong(changes), [finding]);
    });
  }

  it("names brokers that it was told of, and that nobody knows", () => {
    assert.deepEqual(wrong({}, [0, 1, 2, 3]), ["all brokers are up: 3"]);
  });
});

describe("a log directory that failed", () => {
  const results = [
    { errorCode: 56, logDir: "/data/0/log", topics: [] },
    {
      errorCode: 0,
      logDir: "/data/1/log",
      topics: [{ name: "t", partitions: [{ partitionIndex: 0, partitionSize: 7n, isFutureKey: false }] }],
      totalBytes: 100n,
      usableBytes: 60n,
    },
  ];
  const answering = (errors: Record<string, [number, null]>) => {
    const client = { request: () => Promise.reject(new ResponseError(35, 4, errors, { results })) };
    return new Cluster(client as unknown as KafkaClient, 0, new AbortController().signal);
  };

  it("does not hide what the others hold", async () => {
    const dirs = await readLogDirs(answering({ "/results/0": [56, null] }), [1]);
    const sizes = new Map([["t-0", 7]]);
    const directories = [{ path: "/data/1/log", disk: { totalBytes: 100, usableBytes: 60 }, sizes }];
    assert.deepEqual(dirs, new Map([[1, { sizes, directories, failed: ["/data/0/log"] }]]));
  });

  it("has no size where the broker cannot tell it", async () => {
    const client = {
      request: () => Promise.resolve({ results: [{ ...results[1], totalBytes: -1n, usableBytes: -1n }] }),
    };
    const cluster = new Cluster(client as unknown as KafkaClient, 0, new AbortController().signal);
    assert.equal((await readLogDirs(cluster, [1])).get(1)?.directories[0]?.disk, undefined);
  });

  it("is named by status", () => {
    const lines = showReport({ ...HEALTHY, failedDirectories: ["broker 1: /data/0/log"] });
    assert.ok(lines.includes("Log directories that failed, whose replicas are offline: broker 1: /data/0/log."));
  });

  it("is not what another error says", async () => {
    await assert.rejects(readLogDirs(answering({ "/": [31, null] }), [1]), /CLUSTER_AUTHORIZATION_FAILED/);
  });
});
