import { sharedDirectories } from "../../components/storage/shared-directories";
import { type Problem, formatPath } from "../problems";
import type { Written } from "../schema";
import { type ServerPool, serverPools } from "../pools";
import type { ServerKind, WrittenStorage } from "../storage";
import { type Rule, type Subject, complain, refuse, told } from "./rule";

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

/** No two volumes may have the same directory, or one inside the other's. */
function* disjoint(subject: Subject): Iterable<Problem> {
  // Other servers cannot use the brokers' exports, which another rule reports.
  const placed = pools(subject).filter(({ written, storage }) => storage.type !== "nfs" || written !== undefined);
  const listed = ({ written }: Pool) => written?.type === "nfs" && written.servers !== undefined;
  yield* told(subject, sharedDirectories(placed.map((pool) => ({ ...pool, listed: listed(pool) }))));
}

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
