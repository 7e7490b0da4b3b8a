import { electLeadersV2 } from "../kafka/protocol/elect-leaders.js";
import type { Cluster } from "./cluster.js";
import { count } from "./format.js";
import { type Placement, readPlacement } from "./placement.js";
import { RefusedError } from "./refused.js";

/** Partitions in one election request. */
const AT_ONCE = 1_000;

/** The preferred leader leads already (ELECTION_NOT_NEEDED), or the topic was deleted meanwhile (UNKNOWN_TOPIC_OR_PARTITION). */
const NOTHING_TO_ELECT: ReadonlySet<number> = new Set([84, 3]);

/**
 * Partitions that their preferred leader does not lead. The `possible` ones have it in sync, so that it could lead now. Partitions under reassignment
 * are left out, because their preferred leader may still lack its copy.
 */
export function misledPartitions({ partitions }: Placement): { topic: string; partition: number; possible: boolean }[] {
  return partitions
    .filter(({ leader, replicas, moving }) => !moving && leader !== replicas[0])
    .map(({ topic, partition, replicas, isr }) => ({ topic, partition, possible: isr.includes(replicas[0] ?? -1) }));
}

/**
 * Gives partitions back to their preferred leaders where these are in sync.
 *
 * @returns how many changed their leader
 * @throws {@link RefusedError} naming the first partition for which Kafka refused this.
 */
export async function electPreferredLeaders(cluster: Cluster, placement: Placement): Promise<number> {
  const misled = misledPartitions(placement).filter(({ possible }) => possible);
  for (let first = 0; first < misled.length; first += AT_ONCE) {
    const byTopic = Map.groupBy(misled.slice(first, first + AT_ONCE), ({ topic }) => topic);
    const topics = [...byTopic].map(([topic, members]) => ({
      topic,
      partitions: members.map(({ partition }) => partition),
    }));
    const results = await cluster.request("electing leaders", "controller", electLeadersV2, topics, 30_000);
    const failed = results.find(({ errorCode }) => errorCode !== 0 && !NOTHING_TO_ELECT.has(errorCode));
    if (failed !== undefined) {
      const { topic, partition, errorMessage, errorCode } = failed;
      throw new RefusedError(
        `Kafka did not elect a leader for ${topic}-${partition}: ${errorMessage ?? `error ${errorCode}`}`,
      );
    }
  }
  return misled.length;
}

/** Gives partitions back to their preferred leaders, and waits for leaders that have yet to catch up, as after a restart. */
export async function electLeaders(cluster: Cluster, waitMs: number, print: (line: string) => void): Promise<void> {
  const deadline = Date.now() + waitMs;
  let placement = await readPlacement(cluster);
  while (misledPartitions(placement).some(({ possible }) => !possible) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    placement = await readPlacement(cluster);
  }
  const elected = await electPreferredLeaders(cluster, placement);
  const left = misledPartitions(placement).filter(({ possible }) => !possible).length;
  print(`${count(elected, "leadership")} moved${left > 0 ? `; ${left} preferred leaders are not in sync` : ""}.`);
}
