import { BOUNDS, CPU, HEAP_SHARE, heapWords, LEAST_HEAP, SIZE } from "../kubernetes/bounds";
import { isHost } from "../kubernetes/hosts";
import { formatPath, type Path } from "../kubernetes/problems";
import { isCpu, isSize, parseBytes, parseCpu, parseHeap } from "../kubernetes/quantities";
import { SERVER_DEFAULTS, type ServerKind } from "../kubernetes/server-defaults";
import type { StorageSpec } from "../storage/default-storage";
import { badMountOption, DIRECTORY, EXPORT, isOnDisk, MOUNT_OPTION, ON_DISK } from "../storage/forms";
import { DEFAULT_REPLICAS, type ServerSpec } from "./resolve";
import type { Refusals } from "./refusals";

/** The description of one kind of server, as far as it can be checked. */
export interface Judged {
  /** Their number; undefined when it is missing or refused. */
  readonly replicas: number | undefined;
  /** Whether their number is valid or missing. */
  readonly counted: boolean;
}

const QUANTITIES = [
  ["cpu", parseCpu, isCpu, CPU],
  ["memory", parseBytes, isSize, SIZE],
  ["ephemeral-storage", parseBytes, isSize, SIZE],
] as const;

/**
 * Records what is wrong with the servers of one kind.
 *
 * @param persistent how many of them have volumes, if not all
 */
export function judgeServers(
  refusals: Refusals,
  kind: ServerKind,
  at: Path,
  spec: ServerSpec,
  persistent?: number,
): Judged {
  const { replicas, heap, storage, terminationGracePeriodSeconds } = spec;
  const counted =
    kind === "broker"
      ? refusals.whole([...at, "replicas"], replicas, BOUNDS.brokers)
      : refusals.odd([...at, "replicas"], replicas, BOUNDS.quorum);
  const isHeap = (text: string) => typeof text === "string" && (parseHeap(text) ?? 0) >= LEAST_HEAP[kind];
  const heapFits = refusals.check([...at, "heap"], heap, isHeap, heapWords(kind));
  refusals.whole([...at, "terminationGracePeriodSeconds"], terminationGracePeriodSeconds, BOUNDS.graceSeconds);
  judgeResources(refusals, [...at, "resources"], spec.resources);
  if (heapFits) judgeHeap(refusals, kind, at, spec);
  if (storage)
    judgeStorage(refusals, [...at, "storage"], storage, counted ? (persistent ?? replicas ?? DEFAULT_REPLICAS) : 0);
  return { replicas: counted ? replicas : undefined, counted };
}

/** Quantities that are plain text: an output is unknown before its resource exists. */
function quantityOf(resources: unknown, part: "requests" | "limits", name: string): string | undefined {
  const parts = resources as Readonly<Record<string, unknown>> | undefined;
  const value = (parts?.[part] as Readonly<Record<string, unknown>> | undefined)?.[name];
  return typeof value === "string" ? value : undefined;
}

/** Notes quantities that are none, and requests above their limits. */
export function judgeResources(refusals: Refusals, at: Path, resources: unknown): void {
  for (const [name, parse, isFine, allowed] of QUANTITIES) {
    const right = (part: "requests" | "limits") =>
      refusals.check([...at, part, name], quantityOf(resources, part, name), isFine, allowed);
    const [asked, limit] = [quantityOf(resources, "requests", name), quantityOf(resources, "limits", name)];
    if (!right("requests") || !right("limits") || limit === undefined) continue;
    const key = formatPath([...at, "limits", name]);
    const within = (text: string) => (parse(text) ?? 0) <= (parse(limit) ?? 0);
    refusals.check([...at, "requests", name], asked, within, `at most ${limit}, the limit (${key})`);
  }
}

function judgeHeap(refusals: Refusals, kind: ServerKind, at: Path, spec: ServerSpec): void {
  const limit = quantityOf(spec.resources, "limits", "memory");
  const bytes = limit === undefined ? undefined : parseBytes(limit);
  if (limit === undefined || bytes === undefined) return;
  const most = Math.floor((bytes * HEAP_SHARE) / 2 ** 20);
  const key = formatPath([...at, "resources", "limits", "memory"]);
  const allowed = `at most ${most}m, ${HEAP_SHARE * 100} % of the memory limit ${limit} (${key})`;
  const heap = spec.heap ?? SERVER_DEFAULTS[kind].heap;
  refusals.check([...at, "heap"], heap, (text) => (parseHeap(text) ?? 0) <= most * 2 ** 20, allowed);
}

/** @param replicas servers that each need an export; 0 when their number is unknown */
function judgeStorage(refusals: Refusals, at: Path, storage: StorageSpec, replicas: number): void {
  const fits = (text: string) => typeof text === "string" && isSize(text);
  refusals.check([...at, "size"], storage.size, fits, SIZE);
  refusals.whole([...at, "volumes"], storage.volumes, BOUNDS.volumes);
  const { whenScaled, whenDeleted } = storage;
  if (storage.type === "hostPath" || storage.type === "nfs") {
    const allowed = `retain on ${storage.type}: what is in a directory or an export stays until somebody deletes it there`;
    refusals.check([...at, "whenScaled"], whenScaled, (word) => word === "retain", allowed);
    refusals.check([...at, "whenDeleted"], whenDeleted, (word) => word === "retain", allowed);
  } else if (whenDeleted === "delete" && whenScaled !== "delete") {
    const allowed = `retain, unless ${formatPath([...at, "whenScaled"])} is delete too`;
    refusals.check([...at, "whenDeleted"], whenDeleted, () => false, allowed);
  }
  if (storage.type === "hostPath") {
    const onDisk = refusals.form([...at, "path"], storage.path, DIRECTORY);
    if (onDisk) refusals.check([...at, "path"], storage.path, isOnDisk, ON_DISK);
  }
  if (storage.type !== "nfs") return;
  for (const [index, { server, path }] of storage.servers.entries()) {
    const isServer = (host: string) => typeof host === "string" && isHost(host.replace(/^\[(.*:.*)\]$/, "$1"));
    refusals.check([...at, "servers", index, "server"], server, isServer, "a host name or address");
    refusals.form([...at, "servers", index, "path"], path, EXPORT);
  }
  const missing = replicas - storage.servers.length;
  if (missing > 0) {
    const counted = `${storage.servers.length} for ${replicas} servers`;
    refusals.say([...at, "servers"], `has ${counted}; ${missing} ${missing === 1 ? "is" : "are"} missing`);
  }
  for (const [index, option] of (storage.mountOptions ?? []).entries()) {
    const path = [...at, "mountOptions", index];
    const bad = refusals.form(path, option, MOUNT_OPTION) ? badMountOption(option) : undefined;
    if (bad !== undefined) refusals.check(path, option, () => false, bad);
  }
}
