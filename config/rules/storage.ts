import { isIP } from "node:net";
import { volumesOf } from "../../components/storage/plan";
import { canonicalHost, canonicalPath } from "../../components/storage/spelling";
import { type Path, type Problem, formatPath } from "../problems";
import type { Written } from "../schema";
import { type ServerPool, serverPools } from "../pools";
import type { ServerKind, WrittenStorage } from "../storage";
import { type Rule, type Subject, complain, refuse } from "./rule";

/** The storage of one kind of server in the stack. */
interface Pool extends ServerPool {
  /** The stack file's storage; undefined when it is left to the brokers' backend. */
  readonly written: WrittenStorage | undefined;
}

/** The pools of servers with volumes, with the written storage. */
function pools({ written, config }: Subject): Pool[] {
  const storages = {
    broker: written.storage,
    controller: written.controllers.storage,
    zookeeper: written.zookeeper.storage,
  };
  return serverPools(config).map((pool) => ({ ...pool, written: storages[pool.kind] }));
}

type WrittenNfs = Extract<WrittenStorage, { type: "nfs" }>;

const SERVERS: Readonly<Record<ServerKind, string>> = {
  broker: "brokers",
  controller: "controllers",
  zookeeper: "ZooKeeper servers",
};

/** NFS needs an export for every server, in one of two forms. */
function* nfs(subject: Subject): Iterable<Problem> {
  for (const pool of pools(subject)) {
    if (pool.written?.type === "nfs") yield* exportsOf(pool, pool.written);
    else if (!pool.written && subject.written.storage.type === "nfs") {
      yield complain(
        pool.path,
        `is missing; allowed is storage for ${SERVERS[pool.kind]}, because only the brokers use the brokers' exports`,
      );
    }
  }
}

function* exportsOf(
  { kind, path, replicas }: Pool,
  { servers, server, path: template }: WrittenNfs,
): Iterable<Problem> {
  const forms = "either servers (a list of server and path) or both server and path";
  if (!servers) {
    const missing =
      server === undefined
        ? template === undefined
          ? "servers"
          : "server"
        : template === undefined
          ? "path"
          : undefined;
    if (missing !== undefined) yield complain([...path, missing], `is missing; allowed is ${forms}`);
    return;
  }
  if (server !== undefined || template !== undefined) {
    yield complain([...path, "servers"], `goes without server and path; allowed is ${forms}`);
  }
  const missing = replicas - servers.length;
  if (missing > 0) {
    const counted = `${servers.length} ${servers.length === 1 ? "export" : "exports"} for ${replicas} ${SERVERS[kind]}`;
    yield complain([...path, "servers"], `has ${counted}; ${missing} ${missing === 1 ? "is" : "are"} missing`);
  }
}

/** The directory of one volume. */
interface Place {
  readonly key: Path;
  readonly server: string;
  readonly directory: string;
  readonly of: string;
}

/** Every volume's place in a pool, on storage whose directories the config names in full. */
function* places({ kind, path, replicas, written, storage }: Pool): Iterable<Place> {
  if (storage.type === "storageClass" || (storage.type === "nfs" && !written)) return;
  const listed = written?.type === "nfs" && written.servers !== undefined;
  for (const { ordinal, place } of volumesOf(storage, replicas)) {
    const server = place?.type === "nfs" ? place.server : "the node";
    // Another rule reports what is missing.
    if (!place || server === "" || !place.path.startsWith("/")) return;
    const key = listed ? [...path, "servers", ordinal] : [...path, "path"];
    yield { key, server, directory: place.path, of: `${kind} ${ordinal}` };
  }
}

/** No two volumes may have the same directory, or one inside the other's. One problem for each key: the first. */
function* disjoint(subject: Subject): Iterable<Problem> {
  const told = new Set<string>();
  const owners = new Map<string, Place>();
  const all = pools(subject).flatMap((pool) => [...places(pool)]);
  for (const place of all) {
    const owner = owners.get(address(place));
    if (owner && !told.has(formatPath(place.key))) {
      told.add(formatPath(place.key));
      yield complain(
        place.key,
        `gives ${place.of} the directory ${place.directory}, which ${owner.of} has (${formatPath(owner.key)})`,
      );
    }
    if (!owner) owners.set(address(place), place);
  }
  for (const place of all) {
    const outer = around(place)
      .map((directory) => owners.get(address({ ...place, directory })))
      .find(Boolean);
    if (outer && !told.has(formatPath(place.key))) {
      told.add(formatPath(place.key));
      yield complain(
        place.key,
        `puts ${place.of} into ${place.directory}, inside the directory ${outer.directory} of ${outer.of} (${formatPath(outer.key)})`,
      );
    }
  }
}

const address = ({ server, directory }: Place): string => `${hostKey(server)}:${canonicalPath(directory)}`;

/** One text for all spellings of a host, also of an IPv6 address. */
function hostKey(server: string): string {
  const host = canonicalHost(server).replace(/^\[(.*)\]$/, "$1");
  return isIP(host) === 6 ? new URL(`http://[${host}]`).hostname : host;
}

/** The directories above a volume's, without the root. */
const around = ({ directory }: Place): string[] => {
  const plain = canonicalPath(directory);
  return [...plain.matchAll(/(?<=[^/])\//g)].map(({ index }) => plain.slice(0, index));
};

/**
 * Only Kubernetes can delete a volume, and only one that it provisioned. Volumes that are deleted with the stack must also be deleted on scale-in.
 */
function* deleted(subject: Subject): Iterable<Problem> {
  for (const { path, written } of pools(subject)) {
    if (!written) continue;
    if (written.type !== "storageClass") {
      for (const when of ["whenScaled", "whenDeleted"] as const) {
        if (written[when] === "delete") {
          yield refuse(
            subject,
            [...path, when],
            `retain on ${written.type}: what is in a directory or an export stays until somebody deletes it there`,
          );
        }
      }
    } else if (written.whenDeleted === "delete" && written.whenScaled === "retain") {
      yield refuse(
        subject,
        [...path, "whenDeleted"],
        `retain, unless ${formatPath([...path, "whenScaled"])} is delete too`,
      );
    }
  }
}

const KEYS: readonly (keyof Written)[] = ["mode", "replicas", "storage", "controllers", "zookeeper"];

/** Where servers keep their data. */
export const storageRules: readonly Rule[] = [nfs, disjoint, deleted].map((check) => ({
  reads: KEYS.map((key) => [key]),
  check,
}));
