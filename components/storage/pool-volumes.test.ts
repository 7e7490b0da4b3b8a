import * as k8s from "@pulumi/kubernetes";
import assert from "node:assert/strict";
import { IMAGE, labelsOf, one, parts, SCOPE } from "../../test/support/components";
import { record, registered, type Recorded } from "../../test/support/recording";
import type { PoolStorage } from "./plan";
import { PoolVolumes, type PoolVolumesArgs } from "./pool-volumes";

const COMMON = { size: "3Gi", volumes: 1, whenScaled: "retain", whenDeleted: "retain" } as const;
const HOST_PATH: PoolStorage = { ...COMMON, type: "hostPath", path: "/data/{ordinal}" };
const NFS: PoolStorage = {
  ...COMMON,
  type: "nfs",
  servers: [{ server: "nfs-0", path: "/export" }],
  mountOptions: ["nfsvers=4.1", "hard"],
};
const BY_CLASS: PoolStorage = { ...COMMON, type: "storageClass", accessMode: "ReadWriteOncePod" };

const args = (storage: PoolStorage, replicas = 1): PoolVolumesArgs => ({
  ...SCOPE,
  pool: "broker",
  role: "broker",
  replicas,
  storage,
  uid: 10000,
  directories: { namespace: "kafka-volumes", image: IMAGE },
});
const volumes = (storage: PoolStorage, replicas = 1) =>
  registered(() => new PoolVolumes("volumes", args(storage, replicas)));

const labels = labelsOf("broker", "kafka");

describe("PoolVolumes", () => {
  it("on hostPath: refuses when it lacks the means to create directories", async () => {
    const without = { ...args(HOST_PATH), directories: undefined };
    await assert.rejects(
      registered(() => new PoolVolumes("volumes", without)),
      /hostPath storage of broker needs the argument "directories"/,
    );
  });

  it("on hostPath: a volume that waits for its claim, the claim that names the volume, and a Job for the directories", async () => {
    const resources = await volumes(HOST_PATH);
    assert.deepEqual(parts(resources), [
      "Job volumes-directories",
      "PersistentVolume volumes-0-0-volume",
      "PersistentVolumeClaim volumes-0-0-claim",
    ]);
    assert.deepEqual(one(resources, "PersistentVolume").inputs, {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: "kafka-data-0-broker-0", labels },
      spec: {
        capacity: { storage: "3Gi" },
        accessModes: ["ReadWriteOnce"],
        persistentVolumeReclaimPolicy: "Retain",
        storageClassName: "",
        claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: "kafka", name: "data-0-broker-0" },
        hostPath: { path: "/data/0", type: "DirectoryOrCreate" },
      },
    });
    assert.deepEqual(one(resources, "PersistentVolumeClaim").inputs, {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "data-0-broker-0", namespace: "kafka", labels },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "",
        resources: { requests: { storage: "3Gi" } },
        volumeName: "kafka-data-0-broker-0",
      },
    });
  });

  it("on hostPath with nodes: keeps each volume on its node, and creates directories on each node", async () => {
    const resources = await volumes({ ...HOST_PATH, nodes: ["node-a", "node-b"] }, 3);
    const { nodeAffinity } = one(resources, "PersistentVolume", "volumes-1-0-volume").inputs[
      "spec"
    ] as k8s.types.input.core.v1.PersistentVolumeSpec;
    assert.deepEqual(nodeAffinity, {
      required: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: ["node-b"] }] },
        ],
      },
    });
    assert.deepEqual(jobs(resources), ["volumes-directories-node-a", "volumes-directories-node-b"]);
  });

  it("on NFS: a volume at the server's export, with its mount options", async () => {
    const resources = await volumes(NFS);
    assert.deepEqual(parts(resources), [
      "PersistentVolume volumes-0-0-volume",
      "PersistentVolumeClaim volumes-0-0-claim",
    ]);
    const { nfs, mountOptions, persistentVolumeReclaimPolicy } = one(resources, "PersistentVolume").inputs[
      "spec"
    ] as k8s.types.input.core.v1.PersistentVolumeSpec;
    assert.deepEqual(
      { nfs, mountOptions, persistentVolumeReclaimPolicy },
      {
        nfs: { server: "nfs-0", path: "/export" },
        mountOptions: ["nfsvers=4.1", "hard"],
        persistentVolumeReclaimPolicy: "Retain",
      },
    );
  });

  it("by StorageClass: a claim alone, which is bound when its pod comes", async () => {
    const resources = await volumes(BY_CLASS);
    assert.deepEqual(parts(resources), ["PersistentVolumeClaim volumes-0-0-claim"]);
    assert.deepEqual(one(resources, "PersistentVolumeClaim").inputs, {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: {
        name: "data-0-broker-0",
        namespace: "kafka",
        labels,
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: { accessModes: ["ReadWriteOncePod"], resources: { requests: { storage: "3Gi" } } },
    });
  });

  it("by StorageClass: names the class when the config does", async () => {
    const claim = one(await volumes({ ...BY_CLASS, className: "fast" }), "PersistentVolumeClaim");
    assert.equal((claim.inputs["spec"] as k8s.types.input.core.v1.PersistentVolumeClaimSpec).storageClassName, "fast");
  });

  it("retains claims of a StorageClass when the config says so; claims of named volumes are created again", async () => {
    const retained = async (storage: PoolStorage) =>
      one(await volumes(storage), "PersistentVolumeClaim").retainOnDelete;
    assert.equal(await retained(BY_CLASS), true);
    assert.equal(await retained({ ...BY_CLASS, whenScaled: "delete" }), true);
    assert.equal(await retained({ ...BY_CLASS, whenScaled: "delete", whenDeleted: "delete" }), false);
    assert.equal(await retained(HOST_PATH), false);
    assert.equal(await retained(NFS), false);
  });

  it("always manages claims of a StorageClass by the adopting provider: another provider would replace them", async () => {
    const provider = async (storage: PoolStorage) => {
      const resources = await registered(() => {
        const adopting = new k8s.Provider("adopting");
        return new PoolVolumes("volumes", { ...args(storage), adopting });
      });
      return one(resources, "PersistentVolumeClaim").provider?.split("::").at(-2);
    };
    assert.equal(await provider(BY_CLASS), "adopting");
    assert.equal(await provider({ ...BY_CLASS, whenScaled: "delete", whenDeleted: "delete" }), "adopting");
    assert.equal(await provider(HOST_PATH), undefined);
  });

  it("lets claims of a StorageClass grow; of named volumes only the volume does, because Kubernetes refuses it for their claims", async () => {
    const ignored = async (storage: PoolStorage) => one(await volumes(storage), "PersistentVolumeClaim").ignoreChanges;
    assert.deepEqual(await ignored(BY_CLASS), []);
    for (const storage of [HOST_PATH, NFS]) {
      assert.deepEqual(await ignored(storage), ["spec.resources.requests.storage", "spec.volumeName"]);
      const { spec } = one(await volumes({ ...storage, size: "9Gi" }), "PersistentVolume").inputs;
      assert.deepEqual((spec as { capacity: unknown }).capacity, { storage: "9Gi" });
    }
  });

  it("binds a volume by its claim's name alone: a recreated one accepts the claim of any earlier deployment", async () => {
    for (const storage of [HOST_PATH, NFS]) {
      const { spec } = one(await volumes(storage), "PersistentVolume").inputs;
      const { claimRef } = spec as { claimRef: Record<string, unknown> };
      assert.deepEqual(Object.keys(claimRef).sort(), ["apiVersion", "kind", "name", "namespace"]);
    }
  });

  it("makes way for a claim before it is created, where it knows the cluster", async () => {
    const hooks = async (storage: PoolStorage, cluster?: PoolVolumesArgs["cluster"]) => {
      const resources = await registered(() => new PoolVolumes("volumes", { ...args(storage), cluster }));
      return one(resources, "PersistentVolumeClaim").beforeCreate;
    };
    assert.deepEqual(await hooks(HOST_PATH, {}), ["volumes-freeing"]);
    assert.deepEqual(await hooks(NFS, { context: "sandbox" }), ["volumes-freeing"]);
    assert.deepEqual(await hooks(BY_CLASS, {}), ["volumes-freeing"]);
    assert.deepEqual(await hooks(HOST_PATH), []);
    assert.deepEqual(await hooks(BY_CLASS), []);
  });

  it("creates volumes in canonical spelling, and leaves those alone that have another", async () => {
    const made = async (server: string, path: string) => {
      const { inputs, ignoreChanges } = one(await volumes({ ...NFS, servers: [{ server, path }] }), "PersistentVolume");
      return [(inputs["spec"] as { nfs: unknown }).nfs, ignoreChanges];
    };
    const nfs = { server: "nas-1", path: "/export/0" };
    assert.deepEqual(await made("nas-1", "/export/0"), [nfs, []]);
    assert.deepEqual(await made("NAS-1", "//export/{ordinal}/"), [nfs, ["spec.nfs", "spec.hostPath"]]);
  });

  it("does not recreate a claim because its volume is recreated", async () => {
    const resources = await volumes(NFS);
    const claim = one(resources, "PersistentVolumeClaim");
    const volume = one(resources, "PersistentVolume");
    assert.ok(claim.dependencies.includes(volume.urn));
    for (const urns of Object.values(claim.propertyDependencies)) assert.ok(!urns.includes(volume.urn));
  });

  it("gives every volume of a server its own claim, volume and directory (JBOD)", async () => {
    const resources = await volumes({ ...HOST_PATH, volumes: 3 }, 2);
    const directories = resources
      .filter(({ type }) => type.endsWith(":PersistentVolume"))
      .map(({ inputs }) => (inputs["spec"] as { hostPath: { path: string } }).hostPath.path);
    assert.deepEqual(directories.sort(), ["/data/0", "/data/0-1", "/data/0-2", "/data/1", "/data/1-1", "/data/1-2"]);
    const claims = resources
      .filter(({ type }) => type.endsWith(":PersistentVolumeClaim"))
      .map(({ inputs }) => (inputs["spec"] as { volumeName: string }).volumeName);
    assert.equal(new Set(claims).size, 6);
  });

  it("replaces a volume only after the old one of its name is gone", async () => {
    assert.equal(one(await volumes(HOST_PATH), "PersistentVolume").deleteBeforeReplace, true);
  });

  it("lets servers wait for all claims and directories", async () => {
    let ready: unknown;
    const { resources, outputs } = await record(() => {
      const { ready: needed } = new PoolVolumes("volumes", args(HOST_PATH, 2));
      ready = needed;
      return { urns: needed.map(({ urn }) => urn) };
    });
    assert.ok(Array.isArray(ready));
    const expected = resources.filter(
      ({ type }) => type.endsWith(":PersistentVolumeClaim") || type.endsWith(":VolumeDirectories"),
    );
    assert.deepEqual([...(outputs["urns"] as string[])].sort(), expected.map(({ urn }) => urn).sort());
  });
});

const jobs = (resources: readonly Recorded[]) =>
  resources
    .filter(({ type }) => type.endsWith(":Job"))
    .map(({ name }) => name)
    .sort();
