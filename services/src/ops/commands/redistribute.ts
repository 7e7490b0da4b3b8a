import type { ClusterView } from "../../kafka/client.js";
import { waitForBrokers } from "../brokers.js";
import type { Cluster } from "../cluster.js";
import { electPreferredLeaders } from "../elections.js";
import { count, formatBytes } from "../format.js";
import { partitionKey } from "../log-dirs.js";
import { clusterPort } from "../move/cluster-port.js";
import { moveReplicas } from "../move/mover.js";
import { listOngoing, type Ongoing } from "../move/reassignments.js";
import { removeThrottles } from "../move/throttle.js";
import { planAssignment, topicsTooWide } from "../plan/plan.js";
import { addedReplicas, type PlanChange, type PlanPartition } from "../plan/types.js";
import { RefusedError } from "../refused.js";

/** How replicas are moved to other brokers. */
export interface RedistributeOptions {
  /** The brokers that are to hold everything, and no others. */
  readonly brokers: readonly number[];
  /** Bytes per second that copying may take of each broker, in each direction. */
  readonly throttle: number;
  /** Partitions copied at a time. */
  readonly batch: number;
  /** Milliseconds to wait for the brokers to be up. */
  readonly waitMs: number;
  /** Say what would be done, and do nothing. */
  readonly dryRun: boolean;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Topics made while replicas are moved are looked at again; this many times is more than enough. */
const MAX_ROUNDS = 5;

/**
 * Spreads all partitions and their leaders evenly over the given brokers. Brokers that hold nothing yet get their share; brokers that are not
 * listed are emptied. Continues what an earlier run left, and does nothing when all is even.
 *
 * @throws {@link RefusedError} before anything is changed when a topic has more replicas than there are brokers, or a broker is not up.
 */
export async function redistribute(cluster: Cluster, options: RedistributeOptions): Promise<void> {
  const { brokers, print, dryRun } = options;
  let view = await waitForBrokers(cluster, brokers, options.waitMs, print);
  refuseIfTooWide(view, await listOngoing(cluster), brokers);
  if (!dryRun && (await listOngoing(cluster)).length === 0 && (await removeThrottles(cluster)) > 0) {
    print("Removed a throttle that an interrupted run had left.");
  }
  const port = clusterPort(cluster, options.throttle);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const ongoing = await listOngoing(cluster);
    refuseIfTooWide(view, ongoing, brokers);
    const changes = planChanges(view, ongoing, brokers);
    if (changes.length === 0) break;
    refuseIfOffline(view, changes);
    print(summary(changes, ongoing, await port.bytesLeft(changes)));
    if (dryRun) return;
    await moveReplicas(port, changes, {
      batch: options.batch,
      pollMs: 500,
      reportMs: 5_000,
      print,
      signal: options.signal,
    });
    view = await cluster.describe();
  }
  const elected = dryRun ? 0 : await electPreferredLeaders(cluster, view);
  print(
    `Partitions are spread evenly over ${count(brokers.length, "broker")}${elected > 0 ? `; ${count(elected, "leadership")} moved` : ""}.`,
  );
}

/**
 * What has to change, including what is already under way.
 *
 * Partitions that are being exchanged are planned from where they are going, so a run that continues another has the same aim.
 */
export function planChanges(view: ClusterView, ongoing: readonly Ongoing[], brokers: readonly number[]): PlanChange[] {
  const going = new Map(ongoing.map((each) => [partitionKey(each.topic, each.partition), each]));
  const wanted = brokers.map((id) => ({ id, rack: view.brokers.get(id)?.rack }));
  const changes = planAssignment(aimedAt(view, ongoing), wanted);
  // Replicas that are being made do not count as held: they still have to be copied.
  const heldInFull = (topic: string, partition: number): number[] => {
    const held = view.topics.get(topic)?.partitions[partition]?.replicas ?? [];
    const adding = going.get(partitionKey(topic, partition))?.adding ?? [];
    return held.filter((id) => !adding.includes(id));
  };
  const planned = new Set(changes.map(({ topic, partition }) => partitionKey(topic, partition)));
  const continued = ongoing.filter(({ topic, partition }) => !planned.has(partitionKey(topic, partition)));
  return [
    ...changes.map((change) => ({ ...change, from: heldInFull(change.topic, change.partition) })),
    ...continued.map(({ topic, partition, target }) => ({
      topic,
      partition,
      from: heldInFull(topic, partition),
      to: target,
    })),
  ];
}

/** All partitions with the replicas that they will have once what is under way has ended. */
function aimedAt(view: ClusterView, ongoing: readonly Ongoing[]): PlanPartition[] {
  const targets = new Map(ongoing.map(({ topic, partition, target }) => [partitionKey(topic, partition), target]));
  return partitionsOf(view).map(({ topic, partition, replicas }) => ({
    topic,
    partition,
    replicas: targets.get(partitionKey(topic, partition)) ?? replicas,
  }));
}

/** All partitions of all topics, internal ones too. */
export function partitionsOf(view: ClusterView): PlanPartition[] {
  return [...view.topics.values()].flatMap(({ name, partitions }) =>
    partitions.map(({ index, replicas }) => ({ topic: name, partition: index, replicas })),
  );
}

function refuseIfTooWide(view: ClusterView, ongoing: readonly Ongoing[], brokers: readonly number[]): void {
  const wide = topicsTooWide(aimedAt(view, ongoing), brokers.length);
  if (wide.length === 0) return;
  const names = wide.map(({ topic, replicas }) => `${topic} has replication factor ${replicas}`).join(", ");
  throw new RefusedError(
    `${count(brokers.length, "broker")} cannot hold all topics: ${names}. Lower the replication factor or keep more brokers.`,
  );
}

/** Without a leader there is nothing to copy from, and the move would never end. */
function refuseIfOffline(view: ClusterView, changes: readonly PlanChange[]): void {
  const offline = changes.find(
    ({ topic, partition }) => (view.topics.get(topic)?.partitions[partition]?.leader ?? -1) < 0,
  );
  if (offline === undefined) return;
  const holders = offline.from.filter((id) => !view.brokers.has(id)).join(", ");
  throw new RefusedError(
    `${offline.topic}-${offline.partition} has no leader, so it cannot be moved: of the brokers that hold it, ${holders} are not up.`,
  );
}

function summary(changes: readonly PlanChange[], ongoing: readonly Ongoing[], bytes: number): string {
  const copies = changes.filter((change) => addedReplicas(change).length > 0);
  const parts = [
    `${count(copies.length, "partition")} to copy (${formatBytes(bytes)})`,
    `${changes.length - copies.length} to get another leader`,
  ];
  if (ongoing.length > 0) parts.push(`${ongoing.length} under way from an earlier run`);
  return `${parts.join(", ")}.`;
}
