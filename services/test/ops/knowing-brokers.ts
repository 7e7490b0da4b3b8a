import assert from "node:assert/strict";
import { describeQuorumV2, listPartitionReassignmentsV0 } from "@platformatic/kafka";
import type { ClusterView } from "../../src/kafka/client.js";
import { describeClusterV2 } from "../../src/kafka/protocol/describe-cluster.js";
import type { Cluster } from "../../src/ops/cluster.js";

/** One topic with these replicas, as a broker knows it. */
export function view(up: readonly number[], replicas: readonly (readonly number[])[], controllerId = 0): ClusterView {
  const partitions = replicas.map((ids, index) => {
    const isr = ids.filter((id) => up.includes(id));
    return { index, leader: isr[0] ?? -1, replicas: ids, isr };
  });
  return {
    clusterId: "c",
    controllerId,
    brokers: new Map(up.map((id) => [id, { id, host: `broker-${id}`, port: 9092, rack: undefined }])),
    topics: new Map([["t", { name: "t", id: "t", internal: false, partitions }]]),
  };
}

/** What the brokers of a cluster know. */
export interface Fake {
  /** What each broker knows. */
  readonly views: ReadonlyMap<number, ClusterView>;
  /** How far each broker's metadata log is; 10 is agreed on. Undefined with ZooKeeper. */
  readonly logs?: Readonly<Record<number, number>>;
  /** The broker that answers what any may answer. */
  readonly any: number;
  readonly cordoned?: readonly number[];
  readonly registered?: readonly { readonly id: number; readonly fenced: boolean }[];
}

/** A cluster that answers from what its brokers know, and in which nothing may be changed. */
export function fake({ views, logs, any, cordoned = [], registered }: Fake): Cluster {
  const answers = new Map<unknown, unknown>([
    [listPartitionReassignmentsV0.api, { topics: [] }],
    [describeClusterV2, registered],
    [
      describeQuorumV2.api,
      {
        nodes: [],
        topics: [
          {
            partitions: [
              {
                leaderId: 9_000,
                highWatermark: 10n,
                currentVoters: [member(9_000, 10)],
                observers: Object.entries(logs ?? {}).map(([id, end]) => member(Number(id), end)),
              },
            ],
          },
        ],
      },
    ],
  ]);
  return {
    knows: (key: number) =>
      Promise.resolve(key === describeClusterV2.key ? registered !== undefined : logs !== undefined),
    describe: () => Promise.resolve(views.get(any)),
    describedBy: (id: number) => Promise.resolve(views.get(id)),
    configOf: (resources: readonly { name: string }[]) =>
      Promise.resolve(
        new Map(
          resources.map(({ name }) => [name, cordoned.includes(Number(name)) ? { "cordoned.log.dirs": "*" } : {}]),
        ),
      ),
    askDespite: () => Promise.resolve({ results: [directory] }),
    request: (_what: string, _target: unknown, api: unknown) => Promise.resolve(answers.get(api)),
    requestUnlessGone: () => assert.fail("changed something"),
    alterConfig: () => assert.fail("changed something"),
  } as unknown as Cluster;
}

/** A broker's only log directory, with nothing in it. */
const directory = { errorCode: 0, logDir: "/data", topics: [], totalBytes: 100n, usableBytes: 60n };

const member = (replicaId: number, end: number) => ({
  replicaId,
  replicaDirectoryId: "d",
  logEndOffset: BigInt(end),
  lastFetchTimestamp: 1_000n,
  lastCaughtUpTimestamp: 1_000n,
});
