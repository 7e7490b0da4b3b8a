import { describeQuorumV2 } from "@platformatic/kafka";
import { behindMs, CAUGHT_UP_MS } from "../kafka/caught-up.js";
import type { Cluster } from "./cluster.js";
import { RefusedError } from "./refused.js";

/** A member of the controllers' quorum. */
export interface QuorumMember {
  readonly id: number;
  /** Changes with the disk: a controller that lost its disk comes back with another one. */
  readonly directoryId: string;
  /** Records of the metadata log that it still lacks. */
  readonly lag: number;
  /** End of its metadata log, as the leader knows it. */
  readonly logEnd: number;
  /** Its host for other controllers; unknown for brokers that are observers. */
  readonly host: string | undefined;
  /** Milliseconds since it was last caught up, as the leader sees it; undefined when it never was. */
  readonly behindMs: number | undefined;
}

/** The controllers' quorum as its leader sees it. */
export interface Quorum {
  readonly leader: number;
  /** How far the metadata log is agreed on. */
  readonly highWatermark: number;
  readonly voters: readonly QuorumMember[];
  /** Controllers that are not voters, and all brokers. */
  readonly observers: readonly QuorumMember[];
}

/** The quorum, or undefined with ZooKeeper. @throws {@link RefusedError} when Kafka does not say who is in it */
export async function describeQuorum(cluster: Cluster): Promise<Quorum | undefined> {
  if (!(await cluster.knows(describeQuorumV2.api.key, 2))) return undefined;
  const asked = [{ topicName: "__cluster_metadata", partitions: [{ partitionIndex: 0 }] }];
  const response = await cluster.request("describing the quorum", "controller", describeQuorumV2.api, asked);
  const partition = response.topics[0]?.partitions[0];
  if (partition === undefined) throw new RefusedError("Kafka does not say who is in the quorum of controllers.");
  const leader = [...partition.currentVoters, ...partition.observers].find(
    ({ replicaId }) => replicaId === partition.leaderId,
  );
  const end = Number(leader?.logEndOffset ?? partition.highWatermark);
  const behind = behindMs(partition);
  const toMember = (member: (typeof partition.currentVoters)[number]): QuorumMember => ({
    id: member.replicaId,
    directoryId: member.replicaDirectoryId,
    host: response.nodes.find(({ nodeId }) => nodeId === member.replicaId)?.listeners[0]?.host,
    logEnd: Number(member.logEndOffset),
    lag: Math.max(0, end - Number(member.logEndOffset)),
    behindMs: behind.get(member.replicaId),
  });
  return {
    leader: partition.leaderId,
    highWatermark: Number(partition.highWatermark),
    voters: partition.currentVoters.map(toMember),
    observers: partition.observers.map(toMember),
  };
}

/** True for the leader and for members that were caught up recently. */
export function isCaughtUp(member: QuorumMember): boolean {
  return member.behindMs !== undefined && member.behindMs <= CAUGHT_UP_MS;
}
