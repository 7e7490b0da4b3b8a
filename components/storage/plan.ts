import { canonicalPlace, placeText } from "./spelling";

/** Directories on the nodes: `path` may contain `{ordinal}` and `{volume}`. */
export interface HostPathBackend {
  /** The backend's name. */
  readonly type: "hostPath";
  /** Directory template. Without `{volume}`, the paths of a server's second and later volumes end in `-1`, `-2` …. */
  readonly path: string;
  /** Names of nodes by ordinal, starting over at the end. @default whichever node the server runs on */
  readonly nodes?: readonly string[] | undefined;
}

/** An NFS export. */
export interface NfsServer {
  /** Host name or address. */
  readonly server: string;
  /** Exported directory; a template like that of {@link HostPathBackend}. */
  readonly path: string;
}

/** NFS exports: server n uses entry n. */
export interface NfsBackend {
  /** The backend's name. */
  readonly type: "nfs";
  /** One export per server, by ordinal; its path may contain `{volume}`. */
  readonly servers: readonly NfsServer[];
  /** Mount options. */
  readonly mountOptions: readonly string[];
}

/** Claims of a StorageClass. */
export interface StorageClassBackend {
  /** The backend's name. */
  readonly type: "storageClass";
  /** Name of the class. @default the cluster's default class */
  readonly className?: string | undefined;
  /** Access mode of the claims. */
  readonly accessMode: string;
}

/** The backend of a pool's volumes. */
export type Backend = HostPathBackend | NfsBackend | StorageClassBackend;

/** Storage of a pool of servers. */
export type PoolStorage = Backend & {
  /** Capacity of each volume, such as `3Gi`. */
  readonly size: string;
  /** Volumes per server. */
  readonly volumes: number;
  /** What happens to the volumes of servers that a lower replica count removes. */
  readonly whenScaled: "retain" | "delete";
  /** What happens to the volumes when the stack is destroyed. */
  readonly whenDeleted: "retain" | "delete";
};

/** One volume of one server. */
export interface PlannedVolume {
  /** Name of the claim, by which the StatefulSet finds it: `<template>-<pool>-<ordinal>`. */
  readonly claim: string;
  readonly ordinal: number;
  /** Number of the volume on its server. */
  readonly volume: number;
  /** Where the data is, in canonical spelling, for backends with named places. */
  readonly place?: Place;
  /** Whether the config spells the place differently. */
  readonly respelled?: boolean;
}

/** The place behind a PersistentVolume. */
export type Place =
  | { readonly type: "hostPath"; readonly path: string; readonly node?: string }
  | { readonly type: "nfs"; readonly server: string; readonly path: string; readonly mountOptions: readonly string[] };

/** A volume of a server. */
export interface VolumePosition {
  /** Number of the server in its StatefulSet, from 0. */
  readonly ordinal: number;
  /** Number of the volume on that server, from 0. */
  readonly volume: number;
}

/** Name of the claim template and of the mount of volume n. */
export const templateName = (volume: number): string => `data-${volume}`;

/** Directory in the pod at which volume n is mounted. */
export const mountPath = (volume: number): string => `/var/lib/kafka/${templateName(volume)}`;

/**
 * Every volume of a pool. A volume's name and place depend on its ordinal and number alone: another replica count never moves one.
 *
 * @param pool name of the StatefulSet.
 */
export function planVolumes(pool: string, replicas: number, storage: PoolStorage): PlannedVolume[] {
  return volumesOf(storage, replicas).map(({ ordinal, volume, place: written }) => {
    if (!written && storage.type === "nfs") {
      throw new Error(`no NFS export for server ${ordinal}: ${storage.servers.length} are given`);
    }
    const place = written && canonicalPlace(written);
    const respelled = written !== undefined && place !== undefined && placeText(written) !== placeText(place);
    return {
      claim: `${templateName(volume)}-${pool}-${ordinal}`,
      ordinal,
      volume,
      ...(place && { place }),
      ...(respelled && { respelled }),
    };
  });
}

/** A volume of a server and its place, as spelled in the config. */
export interface VolumeAt extends VolumePosition {
  /** Absent for volumes of a StorageClass, and for servers without an export. */
  readonly place?: Place;
}

/** Every volume of the servers, by server. The guard, the checks and the creation of volumes all use it, so that they agree on places. */
export function volumesOf(storage: Backend & Pick<PoolStorage, "volumes">, replicas: number): VolumeAt[] {
  return Array.from({ length: replicas }, (_, ordinal) =>
    Array.from({ length: storage.volumes }, (_each, volume): VolumeAt => {
      const place = placeOf(storage, { ordinal, volume });
      return { ordinal, volume, ...(place && { place }) };
    }),
  ).flat();
}

function placeOf(storage: Backend, at: VolumePosition): Place | undefined {
  switch (storage.type) {
    case "hostPath": {
      const node = storage.nodes?.[at.ordinal % storage.nodes.length];
      return { type: "hostPath", path: volumePath(storage.path, at), ...(node !== undefined && { node }) };
    }
    case "nfs": {
      const entry = storage.servers[at.ordinal];
      if (!entry) return undefined;
      const { server, path } = entry;
      return { type: "nfs", server, path: volumePath(path, at), mountOptions: storage.mountOptions };
    }
    case "storageClass":
      return undefined;
  }
}

/**
 * The directory of one volume, with `{ordinal}` and `{volume}` filled in. Without `{volume}` the first volume has the plain path and volume n the
 * path followed by `-n`, so that adding a volume never moves the first.
 */
export function volumePath(template: string, { ordinal, volume }: VolumePosition): string {
  const path = template.replaceAll("{ordinal}", String(ordinal));
  if (path.includes("{volume}")) return path.replaceAll("{volume}", String(volume));
  return volume === 0 ? path : `${path}-${volume}`;
}
