import assert from "node:assert/strict";
import { type ClusterReport, judge } from "../../src/ops/commands/report.js";
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
