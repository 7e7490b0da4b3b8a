import { canonicalPlace, placeText } from "./spelling";

/** Directories on the nodes: `path` may contain `{ordinal}` and `{volume}`. */
export interface HostPathBackend {
  /** Says which backend it is. */
  readonly type: "hostPath";
  /** Directory template. Without `{volume}` the second and later volumes of a server get `-1`, `-2` … behind the path. */
  readonly path: string;
  /** Names of nodes by ordinal, starting over at the end. @default whichever node the server runs on */
  readonly nodes?: readonly string[] | undefined;
}

/** An NFS export. */
export interface NfsServer {
  /** Host name or address. */
  readonly server: string;
  /** Exported directory; a template as that of {@link HostPathBackend}. */
  readonly path: string;
}

/** NFS exports: server n uses entry n. */
export interface NfsBackend {
  /** Says which backend it is. */
  readonly type: "nfs";
  /** One export per server, by ordinal; its path may contain `{volume}`. */
  readonly servers: readonly NfsServer[];
  /** Mount options. */
  readonly mountOptions: readonly string[];
}

/** Claims that a StorageClass fills. */
export interface StorageClassBackend {
  /** Says which backend it is. */
  readonly type: "storageClass";
  /** Name of the class. @default the cluster's default class */
  readonly className?: string | undefined;
  /** Access mode of the claims. */
  readonly accessMode: string;
}

/** Where a pool's volumes come from. */
export type Backend = HostPathBackend | NfsBackend | StorageClassBackend;

/** Storage of a pool of servers. */
export type PoolStorage = Backend & {
  /** Capacity of each volume, such as `3Gi`. */
  readonly size: string;
  /** Volumes per server. */
  readonly volumes: number;
  /** What becomes of the volumes of servers that a lower replica count removes. */
  readonly whenScaled: "retain" | "delete";
  /** What becomes of the volumes when the stack is destroyed. */
  readonly whenDeleted: "retain" | "delete";
};

/** One volume of one server. */
export interface PlannedVolume {
  /** Name of the claim, which the StatefulSet finds by it: `<template>-<pool>-<ordinal>`. */
  readonly claim: string;
  readonly ordinal: number;
  /** Number of the volume on its server. */
  readonly volume: number;
  /** Where the data is, in its canonical spelling, for backends that name a place. */
  readonly place?: Place;
  /** Whether the config spells the place in another way. */
  readonly respelled?: boolean;
}

/** A place that a PersistentVolume points at. */
export type Place =
  | { readonly type: "hostPath"; readonly path: string; readonly node?: string }
  | { readonly type: "nfs"; readonly server: string; readonly path: string; readonly mountOptions: readonly string[] };

/** Name of the claim template and of the mount of volume n. */
export const templateName = (volume: number): string => `data-${volume}`;

/** Directory in the pod at which volume n is mounted. */
export const mountPath = (volume: number): string => `/var/lib/kafka/${templateName(volume)}`;

/**
 * Every volume of a pool. A volume's name and place follow from its ordinal and number alone: another replica count never moves one.
 *
 * @param pool name of the StatefulSet.
 */
export function planVolumes(pool: string, replicas: number, storage: PoolStorage): PlannedVolume[] {
  const volumes: PlannedVolume[] = [];
  for (let ordinal = 0; ordinal < replicas; ordinal++) {
    for (let volume = 0; volume < storage.volumes; volume++) {
      const written = placeOf(storage, ordinal, volume);
      const place = written && canonicalPlace(written);
      const respelled = written !== undefined && place !== undefined && placeText(written) !== placeText(place);
      volumes.push({
        claim: `${templateName(volume)}-${pool}-${ordinal}`,
        ordinal,
        volume,
        ...(place && { place }),
        ...(respelled && { respelled }),
      });
    }
  }
  return volumes;
}

function placeOf(storage: PoolStorage, ordinal: number, volume: number): Place | undefined {
  switch (storage.type) {
    case "hostPath": {
      const node = storage.nodes?.[ordinal % storage.nodes.length];
      return { type: "hostPath", path: fill(storage.path, ordinal, volume), ...(node !== undefined && { node }) };
    }
    case "nfs": {
      const entry = storage.servers[ordinal];
      if (!entry) throw new Error(`no NFS export for server ${ordinal}: ${storage.servers.length} are given`);
      return {
        type: "nfs",
        server: entry.server,
        path: fill(entry.path, ordinal, volume),
        mountOptions: storage.mountOptions,
      };
    }
    case "storageClass":
      return undefined;
  }
}

function fill(template: string, ordinal: number, volume: number): string {
  const path = template.replaceAll("{ordinal}", String(ordinal));
  if (path.includes("{volume}")) return path.replaceAll("{volume}", String(volume));
  return volume === 0 ? path : `${path}-${volume}`;
}
