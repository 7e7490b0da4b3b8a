import { isIP } from "node:net";
import { formatPath, type Path } from "../kubernetes/problems";
import { type Backend, type PoolStorage, volumesOf } from "./plan";
import { canonicalHost, canonicalPath } from "./spelling";

/** The storage of servers of one kind, of which some or all have volumes. */
export interface PlacedPool {
  /** What a message calls one of the servers, such as `broker`. */
  readonly kind: string;
  /** Where the storage is written. */
  readonly path: Path;
  /** Servers that have volumes. */
  readonly replicas: number;
  /** The storage, every default filled in. */
  readonly storage: Backend & Pick<PoolStorage, "volumes">;
  /** Whether the NFS exports are written one by one, under `servers`. */
  readonly listed: boolean;
}

/** A volume that is in the directory of another one, or below it. */
export interface SharedDirectory {
  /** Where the directory is written. */
  readonly at: Path;
  readonly sentence: string;
}

/** The directory of one volume. */
interface Place {
  readonly key: Path;
  readonly server: string;
  readonly directory: string;
  readonly of: string;
}

/** Where every volume of a pool is, on storage that names directories. */
function* placesOf({ kind, path, replicas, storage, listed }: PlacedPool): Iterable<Place> {
  for (const { ordinal, place } of volumesOf(storage, replicas)) {
    const server = place?.type === "nfs" ? place.server : "the node";
    // Another rule reports missing and relative paths.
    if (!place || server === "" || !place.path.startsWith("/")) return;
    const key = listed ? [...path, "servers", ordinal] : [...path, "path"];
    yield { key, server, directory: place.path, of: `${kind} ${ordinal}` };
  }
}

/** Volumes of all pools that would share a directory, or be one inside another: servers would delete each other's data. One a key: the first. */
export function* sharedDirectories(pools: readonly PlacedPool[]): Iterable<SharedDirectory> {
  const told = new Set<string>();
  const owners = new Map<string, Place>();
  const all = pools.flatMap((pool) => [...placesOf(pool)]);
  for (const place of all) {
    const owner = owners.get(address(place));
    if (owner && !told.has(formatPath(place.key))) {
      told.add(formatPath(place.key));
      const has = `which ${owner.of} has (${formatPath(owner.key)})`;
      yield { at: place.key, sentence: `gives ${place.of} the directory ${place.directory}, ${has}` };
    }
    if (!owner) owners.set(address(place), place);
  }
  for (const place of all) {
    const outer = around(place)
      .map((directory) => owners.get(address({ ...place, directory })))
      .find(Boolean);
    if (outer && !told.has(formatPath(place.key))) {
      told.add(formatPath(place.key));
      const inside = `inside the directory ${outer.directory} of ${outer.of} (${formatPath(outer.key)})`;
      yield { at: place.key, sentence: `puts ${place.of} into ${place.directory}, ${inside}` };
    }
  }
}

const address = ({ server, directory }: Pick<Place, "server" | "directory">): string =>
  `${hostKey(server)}:${canonicalPath(directory)}`;

/** One text for all spellings of a host, those of an IPv6 address among them. */
function hostKey(server: string): string {
  const host = canonicalHost(server).replace(/^\[(.*)\]$/, "$1");
  return isIP(host) === 6 ? new URL(`http://[${host}]`).hostname : host;
}

/** The directories around a volume's own, without the root. */
const around = ({ directory }: Place): string[] => {
  const plain = canonicalPath(directory);
  return [...plain.matchAll(/(?<=[^/])\//g)].map(({ index }) => plain.slice(0, index));
};
