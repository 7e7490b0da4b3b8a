import { createHash } from "node:crypto";
import { nodeIds, type Pool } from "./node-ids";
import { PORTS } from "./settings";
import { featuresOf, KAFKA_VERSIONS } from "./versions";

/** The Kafka version of a cluster for which none is written, by how it keeps its metadata. */
export const DEFAULT_VERSION = { kraft: KAFKA_VERSIONS.kraft[0], zookeeper: KAFKA_VERSIONS.zookeeper[0] } as const;

/**
 * Whether controllers of a Kafka version join a running quorum by themselves, and can so be founded by one and change in number. Kafka 3.9 has quorums of the
 * same kind (KIP-853), but an administrator must add each controller to them.
 *
 * @param version such as `4.3.1`.
 * @throws when nothing is known of the version's line.
 */
export const autoJoinsQuorum = (version: string): boolean => featuresOf(version).autoJoinsQuorum;

/** Addresses of controllers to each other, by ordinal. */
const controllerAddresses = (pool: Pool, controllers: number): string[] =>
  Array.from({ length: controllers }, (_, ordinal) => `${pool}-${ordinal}.${pool}:${PORTS.controller}`);

/**
 * The voters that a quorum begins with, where they do not join by themselves: as `kafka-storage.sh format --initial-controllers` takes them, node id, address and
 * the id of the directory that holds the metadata. After an upgrade to Kafka 4 the quorum goes on as any other there.
 *
 * @param clusterId identity of the cluster, which the directories' ids follow from: every controller must be given the same list.
 */
export function initialVoters(clusterId: string, pool: Pool, controllers: number): string {
  const addresses = controllerAddresses(pool, controllers);
  return nodeIds(pool, controllers)
    .map((id, ordinal) => `${id}@${addresses[ordinal] ?? ""}:${directoryId(clusterId, id)}`)
    .join(",");
}

/** 16 bytes as base64url, as Kafka writes its ids. */
function directoryId(clusterId: string, node: number): string {
  return createHash("sha256")
    .update(`metadata of ${node} in ${clusterId}`)
    .digest()
    .subarray(0, 16)
    .toString("base64url");
}
