import type { Cluster, ConfigResource } from "../cluster.js";
import { partitionKey } from "../log-dirs.js";
import { readPlacement } from "../placement.js";
import { addedReplicas, type PlanChange } from "../plan/types.js";
import { someAtOnce } from "../some-at-once.js";

const LEADER_RATE = "leader.replication.throttled.rate";
const FOLLOWER_RATE = "follower.replication.throttled.rate";
const LEADER_REPLICAS = "leader.replication.throttled.replicas";
const FOLLOWER_REPLICAS = "follower.replication.throttled.replicas";

/** Topics in one request. */
const TOPICS_AT_ONCE = 500;

/** Replicas in the list of a topic, some 10 KiB of text. With more, all of its replicas are throttled. */
const MOST_LISTED = 1_000;

/** Kafka's word for all replicas of a topic. */
const ALL = "*";

/**
 * Limits the network bandwidth of each broker for copying `changes`. Only replicas that are being copied count, so writers and in-sync replicas are
 * not slowed. Other copying in the same topics, begun by anybody, stays throttled. Where so many replicas of a topic are copied that their list would
 * be long, all of its replicas are throttled; that slows one that fell behind, too, as after a restart. So it ends with the batch: the next call takes it
 * from topics of which nothing moves any more.
 *
 * @param bytesPerSecond - for each broker, in each direction
 * @param whole - topics that the calls before have throttled as a whole; changed to those that are now
 */
export async function throttle(
  cluster: Cluster,
  changes: readonly PlanChange[],
  bytesPerSecond: number,
  whole = new Set<string>(),
): Promise<void> {
  const rate = String(bytesPerSecond);
  const up = (await cluster.describe([])).brokers;
  const brokers = new Set(changes.flatMap((change) => [...change.from, ...change.to]));
  // Brokers that are down accept no settings; they copy nothing either.
  await someAtOnce(
    [...brokers].filter((broker) => up.has(broker)),
    (broker) =>
      cluster.alterConfig({ type: "broker", name: String(broker) }, { [LEADER_RATE]: rate, [FOLLOWER_RATE]: rate }),
  );
  const topics = new Set(changes.map(({ topic }) => topic));
  const known = new Set(changes.map(({ topic, partition }) => partitionKey(topic, partition)));
  const moving = (await readPlacement(cluster)).partitions.filter((each) => each.moving);
  const others = moving
    .filter(({ topic, partition }) => topics.has(topic) && !known.has(partitionKey(topic, partition)))
    .map(({ topic, partition, held, replicas }): PlanChange => ({ topic, partition, from: held, to: replicas }));
  const settings = new Map<string, Record<string, string | undefined>>();
  for (const [topic, members] of Map.groupBy([...changes, ...others], (change) => change.topic)) {
    const sources = members.flatMap(({ partition, from }) => from.map((id) => `${partition}:${id}`));
    const copies = members.flatMap((change) => addedReplicas(change).map((id) => `${change.partition}:${id}`));
    settings.set(topic, { [LEADER_REPLICAS]: listOf(sources), [FOLLOWER_REPLICAS]: listOf(copies) });
  }
  const busy = new Set(moving.map(({ topic }) => topic));
  for (const topic of whole) {
    if (settings.has(topic) || busy.has(topic)) continue;
    settings.set(topic, { [LEADER_REPLICAS]: undefined, [FOLLOWER_REPLICAS]: undefined });
  }
  await alterInTurn(cluster, settings);
  for (const [topic, set] of settings) {
    if (Object.values(set).includes(ALL)) whole.add(topic);
    else whole.delete(topic);
  }
}

const listOf = (replicas: readonly string[]): string => (replicas.length > MOST_LISTED ? ALL : replicas.join(","));

/** Changes settings of topics, some topics at once. */
async function alterInTurn(
  cluster: Cluster,
  settings: ReadonlyMap<string, Readonly<Record<string, string | undefined>>>,
): Promise<void> {
  const all = [...settings];
  for (let first = 0; first < all.length; first += TOPICS_AT_ONCE) {
    await cluster.alterTopics(new Map(all.slice(first, first + TOPICS_AT_ONCE)));
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
  const removed = found.map(({ resource, settings }) => ({
    resource,
    changes: Object.fromEntries(Object.keys(settings).map((key) => [key, undefined])),
  }));
  const brokers = removed.filter(({ resource }) => resource.type === "broker");
  await someAtOnce(brokers, ({ resource, changes }) => cluster.alterConfig(resource, changes));
  const topics = removed.filter(({ resource }) => resource.type === "topic");
  await alterInTurn(cluster, new Map(topics.map(({ resource, changes }) => [resource.name, changes])));
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
