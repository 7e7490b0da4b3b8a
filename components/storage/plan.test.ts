import assert from "node:assert/strict";
import fc from "fast-check";
import { mountPath, planVolumes, templateName, type PlannedVolume, type PoolStorage } from "./plan";

const COMMON = { size: "1Gi", whenScaled: "retain", whenDeleted: "retain" } as const;
const hostPath = (path: string, volumes = 1, nodes?: string[]): PoolStorage => ({
  ...COMMON,
  type: "hostPath",
  path,
  volumes,
  nodes,
});

describe("planVolumes", () => {
  it("names claims as the StatefulSet expects them", () => {
    const claims = planVolumes("broker", 2, hostPath("/data/{ordinal}", 2)).map(({ claim }) => claim);
    assert.deepEqual(claims, ["data-0-broker-0", "data-1-broker-0", "data-0-broker-1", "data-1-broker-1"]);
    assert.equal(templateName(1), "data-1");
    assert.equal(mountPath(1), "/var/lib/kafka/data-1");
  });

  it("fills in ordinal and volume, and distinguishes volumes where the path does not", () => {
    const paths = (path: string) =>
      planVolumes("broker", 2, hostPath(path, 2)).map(({ place }) => (place?.type === "hostPath" ? place.path : ""));
    assert.deepEqual(paths("/data/{ordinal}"), ["/data/0", "/data/0-1", "/data/1", "/data/1-1"]);
    assert.deepEqual(paths("/disk{volume}/{ordinal}"), ["/disk0/0", "/disk1/0", "/disk0/1", "/disk1/1"]);
  });

  it("uses the nodes in turn", () => {
    const nodes = planVolumes("broker", 3, hostPath("/data/{ordinal}", 1, ["a", "b"])).map(({ place }) =>
      place?.type === "hostPath" ? place.node : "",
    );
    assert.deepEqual(nodes, ["a", "b", "a"]);
  });

  it("gives each server its NFS export, and names a missing one", () => {
    const servers = [
      { server: "nfs-0", path: "/export" },
      { server: "nfs-1", path: "/export/{ordinal}" },
    ];
    const storage: PoolStorage = { ...COMMON, type: "nfs", volumes: 1, servers, mountOptions: ["hard"] };
    assert.deepEqual(
      planVolumes("broker", 2, storage).map(({ place }) => place),
      [
        { type: "nfs", server: "nfs-0", path: "/export", mountOptions: ["hard"] },
        { type: "nfs", server: "nfs-1", path: "/export/1", mountOptions: ["hard"] },
      ],
    );
    assert.throws(() => planVolumes("broker", 3, storage), /no NFS export for server 2: 2 are given/);
  });

  it("leaves the place to a StorageClass", () => {
    const storage: PoolStorage = { ...COMMON, type: "storageClass", volumes: 1, accessMode: "ReadWriteOnce" };
    assert.deepEqual(planVolumes("broker", 1, storage), [{ claim: "data-0-broker-0", ordinal: 0, volume: 0 }]);
  });

  describe("for any pool", () => {
    const pool = fc.constantFrom("broker", "controller", "zookeeper");
    const replicas = fc.integer({ min: 0, max: 40 });
    const volumes = fc.integer({ min: 1, max: 16 });
    const template = fc.constantFrom(
      "/data/{ordinal}",
      "/data/{ordinal}/kafka",
      "/d{volume}/{ordinal}",
      "/d/{ordinal}/{volume}",
    );
    const nodes = fc.option(fc.uniqueArray(fc.stringMatching(/^node-[a-z]$/), { minLength: 1, maxLength: 5 }), {
      nil: undefined,
    });
    const onNodes = fc
      .record({ volumes, path: template, nodes })
      .map((given): PoolStorage => ({ ...COMMON, type: "hostPath", ...given }));
    const onServers = fc.tuple(volumes, fc.integer({ min: 1, max: 3 })).map(([count, shared]): PoolStorage => ({
      ...COMMON,
      type: "nfs",
      volumes: count,
      mountOptions: [],
      // Exports of several servers may be on one machine.
      servers: Array.from({ length: 40 }, (_, index) => ({
        server: `nfs-${index % shared}`,
        path: `/export/${index}`,
      })),
    }));
    const byClass = volumes.map((count): PoolStorage => ({
      ...COMMON,
      type: "storageClass",
      volumes: count,
      accessMode: "ReadWriteOnce",
    }));
    const storage = fc.oneof(onNodes, onServers, byClass);

    const place = ({ place: at }: PlannedVolume): string => JSON.stringify(at);
    const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length;

    it("no two claims share a name or a place", () => {
      fc.assert(
        fc.property(pool, replicas, storage, (name, count, from) => {
          const planned = planVolumes(name, count, from);
          assert.equal(planned.length, count * from.volumes);
          assert.ok(distinct(planned.map(({ claim }) => claim)));
          if (from.type !== "storageClass") assert.ok(distinct(planned.map(place)));
        }),
      );
    });

    it("no two servers share a directory, even when all of them run on one node", () => {
      fc.assert(
        fc.property(pool, replicas, onNodes, (name, count, from) => {
          const paths = planVolumes(name, count, from).map(({ place: at }) => (at?.type === "hostPath" ? at.path : ""));
          assert.ok(distinct(paths));
          for (const path of paths) assert.doesNotMatch(path, /[{}]/);
        }),
      );
    });

    it("no volume moves when servers are added or removed", () => {
      fc.assert(
        fc.property(pool, replicas, replicas, storage, (name, one, other, from) => {
          const [fewer, more] = [Math.min(one, other), Math.max(one, other)];
          assert.deepEqual(
            planVolumes(name, more, from).slice(0, fewer * from.volumes),
            planVolumes(name, fewer, from),
          );
        }),
      );
    });

    it("no volume moves when servers get more of them", () => {
      fc.assert(
        fc.property(pool, replicas, fc.oneof(onNodes, onServers), (name, count, from) => {
          const before = new Map(planVolumes(name, count, from).map((volume) => [volume.claim, place(volume)]));
          const after = planVolumes(name, count, { ...from, volumes: from.volumes + 1 });
          const kept = after.filter(({ claim }) => before.has(claim));
          assert.equal(kept.length, before.size);
          for (const volume of kept) assert.equal(place(volume), before.get(volume.claim));
        }),
      );
    });
  });
});
