import type { ClusterView } from "../../kafka/client.js";
import type { Cluster } from "../cluster.js";
import { readCordoned } from "../cordon.js";
import { misledPartitions } from "../elections.js";
import { readLogDirs, type SizesOnBroker } from "../log-dirs.js";
import { readRegistered } from "../registered.js";
import { measureMoves, type Moves } from "../move/measure.js";
import { findThrottles } from "../move/throttle.js";
import { tally } from "../tally.js";
import { isUnderReplicated, type PlacedPartition, readPlacement } from "../placement.js";
import { describeQuorum, isCaughtUp, type Quorum } from "../quorum.js";

/** A broker's share. */
export interface BrokerReport {
  readonly id: number;
  readonly host: string;
  readonly rack: string | undefined;
  /** Its replicas, including those that are being moved to it. */
  readonly replicas: number;
  readonly leaders: number;
  /** Undefined when it does not answer. */
  readonly bytes: number | undefined;
}

/** The cluster's state, for `status` and `verify`. */
export interface ClusterReport {
  readonly clusterId: string;
  readonly brokers: readonly BrokerReport[];
  /** Absent with ZooKeeper. */
  readonly controllers: Quorum | undefined;
  readonly topics: number;
  readonly partitions: number;
  /** Partitions without a leader. */
  readonly offline: readonly string[];
  /** Partitions with replicas out of sync. */
  readonly underReplicated: readonly string[];
  /** Partitions with fewer in-sync replicas than `min.insync.replicas`, so that acks=all writes fail. */
  readonly underMinIsr: readonly string[];
  /** Partitions that their preferred leader does not lead. */
  readonly misled: readonly string[];
  /** Brokers that are up but do not answer: their sizes and throttles are unknown. */
  readonly silent: readonly number[];
  /** Log directories that brokers cannot use any more, such as `broker 1: /data/0/log`. */
  readonly failedDirectories: readonly string[];
  /** Brokers that hold replicas, or are registered, and are not up. Only Kafka 4.0 and later say which are registered. */
  readonly missingBrokers: readonly number[];
  /** Brokers that get no new replicas. */
  readonly cordoned: readonly number[];
  readonly reassignments: number;
  /** Copying under way; absent when there is none. */
  readonly moves: Moves | undefined;
  /** Topics and brokers with a replication throttle set. */
  readonly throttled: readonly string[];
}

/** Reads everything once. */
export async function reportCluster(cluster: Cluster): Promise<ClusterReport> {
  const placement = await readPlacement(cluster);
  const { view, partitions } = placement;
  const up = [...view.brokers.keys()].sort((a, b) => a - b);
  const [logDirs, registered, controllers, throttles, minIsr, moves, cordoned] = await Promise.all([
    readLogDirs(cluster, up),
    readRegistered(cluster),
    describeQuorum(cluster),
    findThrottles(cluster),
    readMinIsr(cluster, view),
    measureMoves(cluster, placement),
    readCordoned(cluster, up),
  ]);
  const names = (matches: (partition: PlacedPartition) => boolean) =>
    partitions.filter(matches).map(({ topic, partition }) => `${topic}-${partition}`);
  const replicas = tally(partitions.map((each) => each.replicas));
  const leaders = tally(partitions.map(({ leader }) => [leader]));
  const known = new Set([
    ...partitions.flatMap((each) => [...each.held, ...each.replicas]),
    ...(registered ?? []).map(({ id }) => id),
  ]);
  return {
    clusterId: view.clusterId,
    brokers: up.map((id) => ({
      id,
      host: view.brokers.get(id)?.host ?? "",
      rack: view.brokers.get(id)?.rack,
      replicas: replicas.get(id) ?? 0,
      leaders: leaders.get(id) ?? 0,
      bytes: sumOf(logDirs.get(id)?.sizes),
    })),
    controllers,
    topics: view.topics.size,
    partitions: partitions.length,
    offline: names(({ leader }) => leader < 0),
    underReplicated: names(isUnderReplicated),
    underMinIsr: names(({ isr, topic }) => isr.length < (minIsr.get(topic) ?? 1)),
    misled: misledPartitions(placement).map(({ topic, partition }) => `${topic}-${partition}`),
    silent: up.filter((id) => !logDirs.has(id)),
    failedDirectories: up.flatMap((id) => (logDirs.get(id)?.failed ?? []).map((each) => `broker ${id}: ${each}`)),
    missingBrokers: [...known].filter((id) => !view.brokers.has(id)).sort((a, b) => a - b),
    cordoned,
    reassignments: placement.ongoing.length,
    moves,
    throttled: throttles.map(({ resource }) => `${resource.type} ${resource.name}`),
  };
}

/** One check of `verify`. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What is wrong; empty when nothing is. */
  readonly detail: string;
}

/** Checks whether a cluster is healthy; `brokers` are those that must be up, where known. */
export function judge(report: ClusterReport, brokers: readonly number[] | undefined): Check[] {
  const up = new Set(report.brokers.map(({ id }) => id));
  const missing = [...new Set([...(brokers ?? []), ...report.missingBrokers])].filter((id) => !up.has(id));
  return [
    check("all brokers are up", missing),
    check("all brokers answer", report.silent),
    check("every log directory works", report.failedDirectories),
    check("every partition has a leader", report.offline),
    check("every partition has its min.insync.replicas", report.underMinIsr),
    check("every replica is in sync", report.underReplicated),
    check("preferred leaders lead", report.misled),
    check("no reassignment is under way", report.reassignments === 0 ? [] : [`${report.reassignments} partitions`]),
    check("no throttle is left", report.throttled),
    check("all controllers have caught up", report.controllers ? lateVoters(report.controllers) : []),
  ];
}

/** Voters that are behind. Without a leader nobody knows who is. */
function lateVoters({ leader, voters }: Quorum): readonly (string | number)[] {
  if (leader < 0 || voters.length === 0) return ["the quorum has no leader"];
  return voters.filter((voter) => !isCaughtUp(voter)).map(({ id }) => id);
}

function check(name: string, wrong: readonly (string | number)[]): Check {
  const shown = wrong.slice(0, 5).join(", ");
  return { name, ok: wrong.length === 0, detail: wrong.length > 5 ? `${shown} and ${wrong.length - 5} more` : shown };
}

function sumOf(sizes: SizesOnBroker | undefined): number | undefined {
  return sizes && [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

async function readMinIsr(cluster: Cluster, view: ClusterView): Promise<Map<string, number>> {
  const key = "min.insync.replicas";
  const topics = [...view.topics.keys()];
  const settings = await cluster.effectiveTopicConfig(topics, key);
  return new Map([...settings].map(([topic, value]) => [topic, Number(value)]));
}
