import assert from "node:assert/strict";
import fc from "fast-check";
import { refuseBadArguments, type JudgedArguments } from "../components/cluster/judge-arguments";
import { parseConfig } from "./parse";

/** A cluster as a stack file and as the component's arguments. */
interface Cluster {
  readonly zookeeper: boolean;
  readonly version: string | undefined;
  readonly metadataVersion: string | undefined;
  readonly brokers: number;
  readonly controllers: number | undefined;
  readonly dedicated: boolean;
  readonly heap: string;
  readonly memory: string;
  readonly size: string;
  readonly volumes: number;
  readonly grace: number;
  readonly whenDeleted: string;
  /** Directories of brokers and controllers, or exports of brokers; on claims without either. */
  readonly paths?: readonly [brokers: string, controllers: string] | undefined;
  readonly exports?: readonly (readonly [server: string, path: string])[] | undefined;
  readonly nodePortBase: number | undefined;
  readonly cordoned: readonly number[];
  readonly jobs: { readonly asked: string; readonly limit: string } | undefined;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: number;
    readonly replicationFactor: number;
    readonly config: Readonly<Record<string, string | number>>;
  }[];
}

const claims = { type: "storageClass", size: "2Gi" };
const storageOf = ({ size, volumes, whenDeleted, paths, exports }: Cluster) => {
  const common = { size, volumes, whenDeleted };
  if (paths) return { ...common, type: "hostPath", path: paths[0] };
  if (exports) return { ...common, type: "nfs", servers: exports.map(([server, path]) => ({ server, path })) };
  return { ...common, type: "storageClass" };
};
const storageOfControllers = ({ paths }: Cluster) =>
  paths ? { type: "hostPath", size: "2Gi", path: paths[1] } : claims;
const operationsOf = ({ cordoned, jobs }: Cluster) => ({
  cordoned,
  ...(jobs && { resources: { requests: { memory: jobs.asked }, limits: { memory: jobs.limit } } }),
});
const written = <Value>(key: string, value: Value | undefined) => (value === undefined ? {} : { [key]: value });

const stackFile = (cluster: Cluster): Record<string, unknown> => ({
  mode: cluster.zookeeper ? "zookeeper" : "kraft",
  replicas: cluster.brokers,
  storage: storageOf(cluster),
  kafka: {
    ...written("version", cluster.version),
    ...written("metadataVersion", cluster.metadataVersion),
    config: cluster.settings,
    heap: cluster.heap,
    resources: { requests: { memory: "1Mi" }, limits: { memory: cluster.memory } },
    terminationGracePeriodSeconds: cluster.grace,
    ...(cluster.nodePortBase !== undefined && { external: { enabled: true, nodePortBase: cluster.nodePortBase } }),
  },
  controllers: {
    dedicated: cluster.dedicated,
    ...written("replicas", cluster.controllers),
    ...(cluster.dedicated && { storage: storageOfControllers(cluster) }),
  },
  ...(cluster.zookeeper && { zookeeper: { storage: claims } }),
  operations: operationsOf(cluster),
  topics: cluster.topics,
  kchat: { enabled: false },
});

const componentArguments = (cluster: Cluster): JudgedArguments => ({
  images: {
    kafka: "kafka@sha256:1",
    services: "services@sha256:1",
    version: cluster.version ?? (cluster.zookeeper ? "3.9.2" : "4.3.1"),
  },
  ...written("metadataVersion", cluster.metadataVersion),
  ...(cluster.zookeeper && { zookeeper: { storage: claims as never } }),
  brokers: {
    replicas: cluster.brokers,
    heap: cluster.heap,
    resources: { requests: { memory: "1Mi" }, limits: { memory: cluster.memory } },
    storage: storageOf(cluster) as never,
    terminationGracePeriodSeconds: cluster.grace,
  },
  controllers: cluster.dedicated
    ? { ...written("replicas", cluster.controllers), storage: storageOfControllers(cluster) as never }
    : cluster.controllers,
  ...(cluster.nodePortBase !== undefined && { external: { host: "localhost", nodePortBase: cluster.nodePortBase } }),
  operations: operationsOf(cluster),
  settings: cluster.settings,
  topics: cluster.topics,
});

/** Mostly valid values, so that not everything is wrong at once. */
const usually = <Value>(right: Value, ...others: readonly Value[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

/** Mostly not written. */
const seldom = <Value>(arbitrary: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const settings = fc.dictionary(
  fc.constantFrom(
    ...["min.insync.replicas", "default.replication.factor", "offsets.topic.replication.factor", "log.dirs"],
    ...["num.io.threads", "log.retention.hours", "log.retention.hour", "retention.ms", "authorizer.class.name"],
    ...[
      "log.cleaner.dedupe.buffer.size",
      "log.cleaner.enable",
      "replica.fetch.wait.max.ms",
      "node.id",
      "advertised.listeners",
      "my.plugin",
      "bad name",
      "ssl.key.password",
    ],
  ),
  fc.constantFrom<string | number | boolean>(
    1,
    2,
    3,
    4,
    0,
    -1,
    "1",
    "x",
    "",
    true,
    30_001,
    "a\nb",
    1.5,
    494_927_873,
    false,
  ),
  { maxKeys: 2 },
);

const topic = fc.record({
  name: fc.constantFrom("a", "b", "a.b", "a_b", "__consumer_offsets", "", "..", "a/b", "c", "d", "e"),
  partitions: usually(12, 0, 1, 100_001, 1.5),
  replicationFactor: usually(1, 0, 2, 3, 4, 1001),
  config: fc.dictionary(
    fc.constantFrom(
      "retention.ms",
      "min.insync.replicas",
      "max.compaction.lag.ms",
      "min.compaction.lag.ms",
      "nonsense",
    ),
    fc.constantFrom<string | number>(1, 2, 3, 0, -1, "x"),
    { maxKeys: 2 },
  ),
});

const directory = fc.constantFrom(
  "/data/b/{ordinal}",
  "/data/c/{ordinal}",
  "/data//b/{ordinal}/",
  "/data/b/{ordinal}/c",
  "/data",
);
const nfsExport = fc.tuple(
  fc.constantFrom("nas", "NAS", "nas.", "other", "::1", "[0:0::1]", "0.0.0.0"),
  fc.constantFrom("/a", "/b", "/c", "/a/", "/a/b/c", "/d/{volume}", "/e-1", "/e", "relative"),
);

const cluster: fc.Arbitrary<Cluster> = fc.record({
  zookeeper: fc.boolean(),
  version: usually<string | undefined>(undefined, "4.3.1", "4.2.1", "3.9.2", "4.0.0", "5.0.0"),
  metadataVersion: usually<string | undefined>(undefined, "4.3", "3.9", "2.8", "9", "4.3-IV0"),
  brokers: usually(3, 0, 1, 2, 5, 1001, 1.5, -1),
  controllers: usually<number | undefined>(undefined, 0, 1, 2, 3, 5, 9, 11),
  dedicated: fc.boolean(),
  heap: usually("512m", "39m", "40m", "167m", "168m", "x", "9g", ""),
  memory: usually("1Gi", "600Mi", "10Gi", "x", "0"),
  size: usually("10Gi", "0", "x", "1GB"),
  volumes: usually(1, 0, 16, 17),
  grace: usually(120, 29, 30, 3600, 3601),
  whenDeleted: usually("retain", "delete"),
  paths: seldom(fc.tuple(directory, directory)),
  exports: seldom(fc.array(nfsExport, { minLength: 2, maxLength: 4 })),
  nodePortBase: seldom(usually(30_100, 30_000, 30_001, 32_765, 32_766, 29_999)),
  cordoned: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    fc.array(fc.constantFrom(0, 1, 2, 5, -1, 1.5, 1000), { maxLength: 2 }),
  ),
  jobs: seldom(fc.record({ asked: usually("64Mi", "2Gi", "x"), limit: usually("1Gi", "0", "much") })),
  settings,
  topics: fc.array(topic, { maxLength: 3 }),
});

describe("the component", () => {
  it("refuses and accepts the same clusters as a stack file", function () {
    this.timeout(300_000);
    const seen = { refused: 0, taken: 0 };
    fc.assert(
      fc.property(cluster, (one) => {
        // With ZooKeeper a stack file has no dedicated controllers; the component ignores them.
        fc.pre(!(one.zookeeper && one.dedicated));
        const parsed = parseConfig(stackFile(one));
        const judge = () => {
          refuseBadArguments("events", componentArguments(one));
        };
        if (parsed.ok) {
          seen.taken += 1;
          assert.doesNotThrow(judge);
        } else {
          seen.refused += 1;
          assert.throws(judge, /^Error: The cluster events is refused:/, JSON.stringify(parsed.problems));
        }
      }),
      { numRuns: 2000 },
    );
    assert.ok(seen.refused > 100 && seen.taken > 100, JSON.stringify(seen));
  });
});
