import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { bootId } from "kafka-stack-processes";
import type { Paths } from "../paths";

/** What a sandbox remembers between commands. */
export interface ClusterRecord {
  /** Number of nodes. */
  readonly nodes: number;
  /** Number of NFS servers. */
  readonly nfsServers: number;
  /** Kernel settings that `up` changed, with their earlier values; void after a restart of the machine. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** Boot id of the machine when `sysctls` was recorded. */
  readonly boot: string;
}

/** Reads the record; undefined when there never was an `up`, or its data were deleted. */
export function readRecord(paths: Paths): ClusterRecord | undefined {
  if (!existsSync(paths.cluster)) return undefined;
  const record = JSON.parse(readFileSync(paths.cluster, "utf8")) as ClusterRecord;
  return record.boot === bootId() ? record : { ...record, sysctls: {}, boot: bootId() };
}

/** Writes the record. */
export function writeRecord(paths: Paths, record: Omit<ClusterRecord, "boot">): void {
  mkdirSync(dirname(paths.cluster), { recursive: true });
  writeFileSync(paths.cluster, JSON.stringify({ ...record, boot: bootId() }));
}
