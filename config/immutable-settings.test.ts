import fc from "fast-check";
import assert from "node:assert/strict";
import { immutableSettingsOf, refusals } from "./immutable-settings";
import { parseConfig } from "./parse";

type Config = Record<string, unknown>;

function settingsOf(config: Config, id = "A".repeat(22)) {
  const result = parseConfig(config);
  assert.ok(result.ok, JSON.stringify(result));
  // As stored: in JSON.
  return JSON.parse(JSON.stringify(immutableSettingsOf(result.config, id))) as ReturnType<typeof immutableSettingsOf>;
}

const change = (before: Config, after: Config): string[] => refusals(settingsOf(before), settingsOf(after));

const byClass = (more: Config = {}): Config => ({ storage: { type: "storageClass", ...more } });
const nfs = (...servers: string[]): Config => ({
  replicas: servers.length,
  storage: { type: "nfs", servers: servers.map((server) => ({ server, path: "/kafka" })) },
});
const onNodes = (...nodes: string[]): Config => ({ storage: { nodes } });

/** Changes of a stack with data, and how the single refusal begins. */
const REFUSED: readonly [what: string, before: Config, after: Config, says: string][] = [
  ["the backend", {}, byClass(), "storage.type cannot change from hostPath to storageClass"],
  ["the backend", nfs("a", "b", "c"), {}, "storage.type cannot change from nfs to hostPath"],
  ["the mode", {}, { mode: "zookeeper" }, "mode cannot change from kraft to zookeeper"],
  [
    "the controllers' pods",
    {},
    { controllers: { dedicated: true } },
    "controllers.dedicated cannot change from false to true",
  ],
  [
    "the number of controllers of Kafka 3",
    { kafka: { version: "3.9.2" }, replicas: 3 },
    { kafka: { version: "4.3.1" }, replicas: 5, controllers: { replicas: 5 } },
    "controllers.replicas cannot change from 3 to 5 on a stack that has data: Kafka 3.9 keeps",
  ],
  [
    "brokers into controllers",
    { replicas: 2 },
    { replicas: 3 },
    "controllers.replicas cannot change from 1 to 3 on a stack that has data: broker 1 runs without the controller role",
  ],
  [
    "the class",
    byClass(),
    byClass({ className: "fast" }),
    "storage.className cannot change from the default class to fast",
  ],
  [
    "the access mode",
    byClass(),
    byClass({ accessMode: "ReadWriteOncePod" }),
    "storage.accessMode cannot change from ReadWriteOnce",
  ],
  [
    "a size that shrinks",
    byClass({ size: "10Gi" }),
    byClass({ size: "9Gi" }),
    "storage.size cannot change from 10Gi to 9Gi",
  ],
  [
    "the number of volumes",
    { storage: { volumes: 2 } },
    { storage: { volumes: 1 } },
    "storage.volumes cannot change from 2 to 1",
  ],
  [
    "the directory",
    {},
    { storage: { path: "/disk/{ordinal}" } },
    "storage: the place of volume 0 of server 0 cannot change from /data/kafka/broker/0 to /disk/0",
  ],
  [
    "the nodes",
    onNodes("a", "b"),
    onNodes("a", "c"),
    "storage: the place of volume 0 of server 1 cannot change from b:/data",
  ],
  [
    "an export",
    nfs("a", "b", "c"),
    nfs("a", "x", "c"),
    "storage: the place of volume 0 of server 1 cannot change from b:/kafka to x:/kafka",
  ],
  [
    "the ZooKeeper servers' storage",
    { mode: "zookeeper" },
    { mode: "zookeeper", zookeeper: { storage: { path: "/zk/{ordinal}" } } },
    "zookeeper.storage: the place of volume 0 of server 0",
  ],
];

/** Changes that leave the data in place. */
const ALLOWED: readonly [what: string, before: Config, after: Config][] = [
  ["more brokers", {}, { replicas: 5 }],
  ["more brokers with an export each", nfs("a", "b", "c"), nfs("a", "b", "c", "d")],
  ["fewer brokers", nfs("a", "b", "c", "d"), nfs("a", "b", "c")],
  ["larger volumes", byClass({ size: "10Gi" }), byClass({ size: "0.1Ti" })],
  ["the same size in another unit", byClass({ size: "1024Mi" }), byClass({ size: "1Gi" })],
  ["another size of directories, which nothing enforces", { storage: { size: "10Gi" } }, { storage: { size: "5Gi" } }],
  ["more volumes", { storage: { volumes: 1 } }, { storage: { volumes: 3 } }],
  [
    "more controllers",
    { ...byClass(), controllers: { dedicated: true } },
    { ...byClass(), controllers: { dedicated: true, replicas: 5 } },
  ],
  ["more brokers that are controllers", {}, { replicas: 5, controllers: { replicas: 5 } }],
  ["fewer controllers among the brokers", { replicas: 5, controllers: { replicas: 5 } }, { replicas: 5 }],
  ["one broker", {}, { replicas: 1 }],
  ["settings", {}, { kafka: { config: { "log.retention.hours": 1 } }, topics: [{ name: "chatroom" }] }],
];

describe("a stack with data", () => {
  for (const [what, before, after, says] of REFUSED) {
    it(`cannot change ${what}: ${says}`, () => {
      const [reason = "", ...others] = change(before, after);
      assert.deepEqual(others, []);
      assert.ok(reason.startsWith(says), reason);
    });
  }

  for (const [what, before, after] of ALLOWED) {
    it(`can change to ${what}`, () => {
      assert.deepEqual(change(before, after), []);
    });
  }

  it("cannot become another cluster", () => {
    const [reason = ""] = refusals(settingsOf({}, "A".repeat(22)), settingsOf({}, "B".repeat(22)));
    assert.match(reason, /^cluster\.id cannot change from A{22} to B{22} on a stack that has data/);
  });

  it("can always be scaled, grow and be restored, whatever its settings", () => {
    const storage = fc.oneof(
      fc.record({ type: fc.constant("hostPath"), path: fc.constantFrom("/a/{ordinal}", "/d{volume}/{ordinal}") }),
      fc.record({ type: fc.constant("nfs"), server: fc.constant("nas"), path: fc.constant("/{ordinal}") }),
      fc.record({ type: fc.constant("storageClass"), className: fc.constantFrom("fast", "slow") }),
    );
    const size = fc.integer({ min: 1, max: 100 });
    const count = fc.integer({ min: 3, max: 30 });
    fc.assert(
      fc.property(
        storage,
        count,
        count,
        size,
        size,
        fc.integer({ min: 1, max: 4 }),
        (kind, one, other, small, more, volumes) => {
          const of = (replicas: number, gigabytes: number, disks: number): Config => ({
            replicas,
            storage: { ...kind, size: `${gigabytes}Gi`, volumes: disks },
          });
          const before = of(one, small, volumes);
          assert.deepEqual(change(before, before), []);
          assert.deepEqual(change(before, of(other, small + more, volumes + 1)), []);
          assert.notEqual(change(of(other, small, volumes + 1), before).length, 0);
        },
      ),
    );
  });

  it("gets all reasons against a change", () => {
    assert.equal(change({}, { mode: "zookeeper", ...byClass() }).length, 2);
  });
});
