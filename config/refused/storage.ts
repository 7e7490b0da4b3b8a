import { nfs, type Refused } from "./case";

const dedicated = (storage: unknown) => ({ controllers: { dedicated: true, storage } });

/** Bad configs by their fault. */
export const STORAGE: Readonly<Record<string, readonly Refused[]>> = {
  storage: [
    [{ storage: { type: "ceph" } }, "storage.type", "ceph is refused; allowed is one of hostPath, nfs, storageClass"],
    [{ storage: "nfs" }, "storage", "a map whose type is one of hostPath, nfs, storageClass"],
    [{ controllers: { path: "/c/{ordinal}" } }, "controllers.path", "did you mean controllers.storage.path?"],
    [{ storage: { size: "3GB" } }, "storage.size", "3GB is refused; allowed is a size such as"],
    [{ storage: { size: "0Gi" } }, "storage.size", "0Gi is refused"],
    [{ storage: { volumes: 17 } }, "storage.volumes", "from 1 to 16"],
    [{ storage: { whenScaled: "keep" } }, "storage.whenScaled", "allowed is retain on hostPath"],
    [{ storage: { type: "storageClass", whenScaled: "keep" } }, "storage.whenScaled", "retain or delete"],
    [{ storage: { whenScaled: "delete" } }, "storage.whenScaled", "retain on hostPath: what is in a directory"],
    [{ storage: { type: "nfs", servers: nfs(3), whenDeleted: "delete" } }, "storage.whenDeleted", "retain on nfs"],
    [
      { storage: { type: "storageClass", whenDeleted: "delete" } },
      "storage.whenDeleted",
      "retain, unless storage.whenScaled is delete too",
    ],
    [dedicated({ whenScaled: "delete" }), "controllers.storage.whenScaled", "retain on hostPath"],
    [{ storage: { path: "data/{ordinal}" } }, "storage.path", "an absolute path"],
    [{ storage: { path: "/data/../{ordinal}" } }, "storage.path", "without .."],
    [{ storage: { path: "/data" } }, "storage.path", "contains {ordinal}"],
    [{ storage: { nodes: [] } }, "storage.nodes", "at least one"],
    [{ storage: { className: "fast" } }, "storage.className", "belongs to another storage type; hostPath has"],
    [{ storage: { type: "storageClass", path: "/{ordinal}" } }, "storage.path", "storageClass has"],
    [{ storage: { type: "storageClass", accessMode: "ReadWriteMany" } }, "storage.accessMode", "ReadWriteOnce"],
    [{ storage: { type: "nfs" } }, "storage.servers", "is missing; allowed is either servers"],
    [{ storage: { type: "nfs", server: "nas" } }, "storage.path", "is missing"],
    [{ storage: { type: "nfs", path: "/{ordinal}" } }, "storage.server", "is missing"],
    [{ storage: { type: "nfs", servers: nfs(3), server: "nas" } }, "storage.servers", "goes without server and path"],
    [{ storage: { type: "nfs", servers: nfs(1) } }, "storage.servers", "has 1 export for 3 brokers; 2 are missing"],
    [{ replicas: 4, storage: { type: "nfs", servers: nfs(3) } }, "storage.servers", "for 4 brokers; 1 is missing"],
    [{ storage: { type: "nfs", servers: [...nfs(2), ...nfs(1)] } }, "storage.servers[2]", "which broker 0 has"],
    [{ storage: { type: "nfs", servers: [...nfs(2), { server: "x" }] } }, "storage.servers[2].path", "is missing"],
    ...["soft", "Soft", "SOFTERR", "softerr", "ro", "RO", "a b", "hard,soft", "", 'context="a'].map(
      (option): Refused => [
        { storage: { type: "nfs", servers: nfs(3), mountOptions: ["hard", option] } },
        "storage.mountOptions[1]",
        /^(soft(err)?|ro)$/i.test(option) ? `but not ${option}` : "such as hard",
      ],
    ),
    ...[
      { server: "NFS-0", path: "/kafka" },
      { server: "nfs-0.", path: "/kafka" },
      { server: "nfs-0", path: "//kafka" },
      { server: "nfs-0", path: "/kafka/" },
      { server: "nfs-0", path: "/./kafka" },
    ].map((same): Refused => [
      { storage: { type: "nfs", servers: [...nfs(2), same] } },
      "storage.servers[2]",
      "which broker 0 has",
    ]),
    [
      { storage: { type: "nfs", servers: [...nfs(2), { server: "NFS-0", path: "/kafka//inner" }] } },
      "storage.servers[2]",
      "inside the directory",
    ],
    [
      { storage: { type: "nfs", servers: nfs(3) }, controllers: { dedicated: true } },
      "controllers.storage",
      "is missing; allowed is storage for controllers",
    ],
    [
      { mode: "zookeeper", storage: { type: "nfs", servers: nfs(3) } },
      "zookeeper.storage",
      "is missing; allowed is storage for ZooKeeper servers",
    ],
    [
      dedicated({ path: "/data/kafka/broker/{ordinal}" }),
      "controllers.storage.path",
      "which broker 0 has (storage.path)",
    ],
    [dedicated({ path: "/data/kafka/broker/{ordinal}/c" }), "controllers.storage.path", "inside the directory"],
    [dedicated({ type: "nfs", servers: nfs(1) }), "controllers.storage.servers", "for 3 controllers; 2 are missing"],
    [
      { controllers: { storage: { size: "1Gi" } } },
      "controllers.storage",
      "has no effect unless controllers.dedicated",
    ],
  ],
  "unusable places, or one twice": [
    ...[
      ["fd00::1", "fd00:0:0::1"],
      ["fd00::1", "[FD00::1]"],
      ["nas.example", "NAS.example."],
    ].map(([one, other]): Refused => [
      {
        replicas: 2,
        storage: {
          type: "nfs",
          servers: [
            { server: one, path: "/a" },
            { server: other, path: "/a" },
          ],
        },
      },
      "storage.servers[1]",
      "which broker 0 has",
    ]),
    ...["0.0.0.0", "10.0.1", "010.0.0.1", "nas:2049", "nas/x", "224.0.0.1", "-nas"].map((server): Refused => [
      { storage: { type: "nfs", server, path: "/a/{ordinal}" } },
      "storage.server",
      "a host name or address",
    ]),
    ...["/a/{ordinal}/{Volume}", "/${HOME}/{ordinal}", "/{namespace}/{ordinal}"].map((path): Refused => [
      { storage: { path } },
      "storage.path",
      "nothing else in braces",
    ]),
    ...[
      "/proc/{ordinal}",
      "/dev/shm/{ordinal}",
      "//sys/{ordinal}",
      "/./proc/{ordinal}",
      "/var//run/{ordinal}",
      "/run/k{ordinal}",
    ].map((path): Refused => [{ storage: { path } }, "storage.path", "outside of /proc"]),
    ...["/../{ordinal}", "/..//{ordinal}", "/{ordinal}/..", "/a/{ordinal}/../b"].map((path): Refused => [
      { storage: { path } },
      "storage.path",
      "without ..",
    ]),
    ...["/..", "/../etc", "/a/..", "/a/../b", "/kafka-{Ordinal}", "/{ordinal}/{x}"].map((path): Refused => [
      { storage: { type: "nfs", servers: [...nfs(2), { server: "other", path }] } },
      "storage.servers[2].path",
      path.includes("..") ? "without .." : "nothing in braces but",
    ]),
    ...["/tmp/kafka/{ordinal}", "//tmp/./{ordinal}"].map((path): Refused => [
      { storage: { path } },
      "storage.path",
      "outside of /proc",
    ]),
  ],
};
