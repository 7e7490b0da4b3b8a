import type { Cluster, ConfigResource } from "../cluster.js";
import { partitionKey } from "../log-dirs.js";
import { readPlacement } from "../placement.js";
import { addedReplicas, type PlanChange } from "../plan/types.js";

const LEADER_RATE = "leader.replication.throttled.rate";
const FOLLOWER_RATE = "follower.replication.throttled.rate";
const LEADER_REPLICAS = "leader.replication.throttled.replicas";
const FOLLOWER_REPLICAS = "follower.replication.throttled.replicas";

/** Topics in one request. */
const TOPICS_AT_ONCE = 500;

/**
 * Limits the network bandwidth of each broker for copying `changes`. Only replicas that are being copied count, so writers and in-sync replicas are
 * not slowed. Other copying in the same topics, begun by anybody, stays throttled.
 *
 * @param bytesPerSecond - for each broker, in each direction
 */
export async function throttle(
  cluster: Cluster,
  changes: readonly PlanChange[],
  bytesPerSecond: number,
): Promise<void> {
  const rate = String(bytesPerSecond);
  const up = (await cluster.describe([])).brokers;
  const brokers = new Set(changes.flatMap((change) => [...change.from, ...change.to]));
  // Brokers that are down accept no settings; they copy nothing either.
  for (const broker of brokers) {
    if (!up.has(broker)) continue;
    await cluster.alterConfig({ type: "broker", name: String(broker) }, { [LEADER_RATE]: rate, [FOLLOWER_RATE]: rate });
  }
  const topics = new Set(changes.map(({ topic }) => topic));
  const known = new Set(changes.map(({ topic, partition }) => partitionKey(topic, partition)));
  const others = (await readPlacement(cluster)).partitions
    .filter(({ topic, partition, moving }) => moving && topics.has(topic) && !known.has(partitionKey(topic, partition)))
    .map(({ topic, partition, held, replicas }): PlanChange => ({ topic, partition, from: held, to: replicas }));
  for (const [topic, members] of Map.groupBy([...changes, ...others], (change) => change.topic)) {
    const sources = members.flatMap(({ partition, from }) => from.map((id) => `${partition}:${id}`));
    const copies = members.flatMap((change) => addedReplicas(change).map((id) => `${change.partition}:${id}`));
    const replicas = { [LEADER_REPLICAS]: sources.join(","), [FOLLOWER_REPLICAS]: copies.join(",") };
    await cluster.alterConfig({ type: "topic", name: topic }, replicas, false, true);
  }
}

/** An existing throttle. */
export interface ThrottleLeft {
  readonly resource: ConfigResource;
  readonly settings: Readonly<Record<string, string>>;
}

/** Every throttle in the cluster, whoever set it. */
export async function findThrottles(cluster: Cluster): Promise<ThrottleLeft[]> {
  const view = await cluster.describe();
  const topics = [...view.topics.keys()].map((name): ConfigResource => ({ type: "topic", name }));
  const brokers = [...view.brokers.keys()].map((id): ConfigResource => ({ type: "broker", name: String(id) }));
  const found = await settingsOf(cluster, brokers, [LEADER_RATE, FOLLOWER_RATE]);
  for (let first = 0; first < topics.length; first += TOPICS_AT_ONCE) {
    const some = topics.slice(first, first + TOPICS_AT_ONCE);
    found.push(...(await settingsOf(cluster, some, [LEADER_REPLICAS, FOLLOWER_REPLICAS])));
  }
  return found;
}

/** Removes every throttle in the cluster. Returns how many topics and brokers had one. */
export async function removeThrottles(cluster: Cluster): Promise<number> {
  const found = await findThrottles(cluster);
  for (const { resource, settings } of found) {
    const removed = Object.fromEntries(Object.keys(settings).map((key) => [key, undefined]));
    await cluster.alterConfig(resource, removed, false, true);
  }
  return found.length;
}

async function settingsOf(
  cluster: Cluster,
  resources: readonly ConfigResource[],
  keys: readonly string[],
): Promise<ThrottleLeft[]> {
  const settings = await cluster.configOf(resources, keys);
  return resources.flatMap((resource) => {
    const own = Object.entries(settings.get(resource.name) ?? {}).filter(([key]) => keys.includes(key));
    return own.length === 0 ? [] : [{ resource, settings: Object.fromEntries(own) }];
  });
}
