import { createHash } from "node:crypto";
import { nodeIds, type Pool } from "./node-ids";
import { PORTS } from "./settings";
import { featuresOf, KAFKA_VERSIONS } from "./versions";

/** Default Kafka version of a cluster, by where it keeps its metadata. */
export const DEFAULT_VERSION = { kraft: KAFKA_VERSIONS.kraft[0], zookeeper: KAFKA_VERSIONS.zookeeper[0] } as const;

/**
 * Whether controllers of a Kafka version join a running quorum by themselves, so that one can found it and their number can change. Kafka 3.9 has
 * quorums of the same kind (KIP-853), but an administrator must add each controller.
 *
 * @param version such as `4.3.1`.
 * @throws for an unknown line of versions.
 */
export const autoJoinsQuorum = (version: string): boolean => featuresOf(version).autoJoinsQuorum;

/** Addresses of controllers to each other, by ordinal. */
const controllerAddresses = (pool: Pool, controllers: number): string[] =>
  Array.from({ length: controllers }, (_, ordinal) => `${pool}-${ordinal}.${pool}:${PORTS.controller}`);

/**
 * The first voters of a quorum whose controllers do not join by themselves, in the form of `kafka-storage.sh format --initial-controllers`: node id,
 * address and the id of the metadata directory. After an upgrade to Kafka 4 the quorum behaves like any other there.
 *
 * @param clusterId id of the cluster, from which the directories' ids are derived: every controller must get the same list.
 */
export function initialVoters(clusterId: string, pool: Pool, controllers: number): string {
  const addresses = controllerAddresses(pool, controllers);
  return nodeIds(pool, controllers)
    .map((id, ordinal) => `${id}@${addresses[ordinal] ?? ""}:${directoryId(clusterId, id)}`)
    .join(",");
}

/** 16 bytes as base64url, the form of Kafka's ids. */
function directoryId(clusterId: string, node: number): string {
  return createHash("sha256")
    .update(`metadata of ${node} in ${clusterId}`)
    .digest()
    .subarray(0, 16)
    .toString("base64url");
}
