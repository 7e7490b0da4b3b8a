import { SERVER_DEFAULTS, type ServerKind } from "../kubernetes/server-defaults";
import type { HostPathBackend, NfsBackend, PoolStorage, StorageClassBackend } from "./plan";

/** Defaults of volumes of every kind. They are retained: data is deleted only on explicit request. */
export const STORAGE_DEFAULTS = { volumes: 1, whenScaled: "retain", whenDeleted: "retain" } as const;

/** Access mode of claims: a volume is on one node at a time. */
export const DEFAULT_ACCESS_MODE = "ReadWriteOnce";

/** Mount options of NFS volumes: `hard`, because a client that gives up a write loses it. */
export const DEFAULT_MOUNT_OPTIONS = ["nfsvers=4.1", "hard", "noatime", "timeo=600", "retrans=2"] as const;

interface VolumeSpec {
  /** Capacity of each volume, such as `3Gi`. @default 10Gi for brokers, 2Gi for controllers and ZooKeeper servers */
  readonly size?: string | undefined;
  /** Volumes per server. @default 1 */
  readonly volumes?: number | undefined;
  /** What happens to the volumes of servers that a lower replica count removes. @default retain */
  readonly whenScaled?: "retain" | "delete" | undefined;
  /** What happens to the volumes when the stack is destroyed. @default retain */
  readonly whenDeleted?: "retain" | "delete" | undefined;
}

/** Claims of a StorageClass, which is the default. */
export interface StorageClassSpec extends VolumeSpec, Partial<StorageClassBackend> {}

/** Directories on the nodes. */
export interface HostPathSpec extends VolumeSpec, HostPathBackend {}

/** NFS exports. */
export interface NfsSpec extends VolumeSpec, Omit<NfsBackend, "mountOptions"> {
  /** Mount options. @default nfsvers=4.1, hard, noatime, timeo=600, retrans=2 */
  readonly mountOptions?: readonly string[] | undefined;
}

/** Storage of a server pool; without a `type`, claims of a StorageClass. */
export type StorageSpec = StorageClassSpec | HostPathSpec | NfsSpec;

/** Fills in the defaults. */
export function withStorageDefaults(kind: ServerKind, written: StorageSpec = {}): PoolStorage {
  const common = {
    size: written.size ?? SERVER_DEFAULTS[kind].size,
    volumes: written.volumes ?? STORAGE_DEFAULTS.volumes,
    whenScaled: written.whenScaled ?? STORAGE_DEFAULTS.whenScaled,
    whenDeleted: written.whenDeleted ?? STORAGE_DEFAULTS.whenDeleted,
  };
  switch (written.type) {
    case "hostPath":
      return { ...written, ...common };
    case "nfs":
      return { ...written, ...common, mountOptions: written.mountOptions ?? DEFAULT_MOUNT_OPTIONS };
    default:
      return { ...written, ...common, type: "storageClass", accessMode: written.accessMode ?? DEFAULT_ACCESS_MODE };
  }
}
