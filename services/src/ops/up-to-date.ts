import type { Cluster } from "./cluster.js";
import { placementKnownTo, type Placement } from "./placement.js";
import { describeQuorum, type Quorum } from "./quorum.js";
import { RefusedError } from "./refused.js";

/** Looks for a broker that has caught up; with the pauses in between, ten seconds. */
const LOOKS = 50;
const PAUSE_MS = 200;

/** A broker answers with what it fetched once it knows that it is agreed on: at its next fetch, which waits half a second at most. */
const APPLIED_MS = 1_000;

/**
 * Where all replicas are, as every broker knows it whose metadata has everything that was agreed on when this was called; at least one. Another broker may
 * be cut off from the controllers, and answer with what it knew before: it does not know of replicas that a broker has got since.
 *
 * @param part - what is needed of each broker's answer, taken as it arrives: all answers together are brokers × partitions, too much for the memory of
 *   a Job in a large cluster.
 * @throws {@link RefusedError} when no broker has it.
 */
export async function placementsUpToDate<Part>(
  cluster: Cluster,
  part: (placement: Placement) => Part,
): Promise<readonly Part[]> {
  const now = await describeQuorum(cluster);
  for (let look = 1; ; look += 1) {
    const known: { readonly part: Part }[] = [];
    for (const id of now === undefined ? [await zooKeeperController(cluster)] : await caughtUpWith(cluster, now)) {
      const one = await partKnownTo(cluster, { id, zooKeeper: now === undefined, part });
      if (one !== undefined) known.push(one);
    }
    if (known.length > 0) return known.map((each) => each.part);
    if (look === LOOKS) throw new RefusedError(NOBODY_KNOWS);
    await pause(PAUSE_MS);
  }
}

/** A function of its own, so that the whole answer ends with it. */
async function partKnownTo<Part>(
  cluster: Cluster,
  {
    id,
    zooKeeper,
    part,
  }: { readonly id: number; readonly zooKeeper: boolean; readonly part: (placement: Placement) => Part },
): Promise<{ readonly part: Part } | undefined> {
  const placement = await placementKnownTo(cluster, id);
  // With ZooKeeper, a broker that names another controller learns from that one.
  if (placement === undefined || (zooKeeper && placement.view.controllerId !== id)) return undefined;
  return { part: part(placement) };
}

const zooKeeperController = async (cluster: Cluster): Promise<number> => (await cluster.describe([])).controllerId;

/** Running brokers that have applied what was agreed on at an earlier look. */
async function caughtUpWith(cluster: Cluster, { highWatermark }: Quorum): Promise<readonly number[]> {
  const quorum = await describeQuorum(cluster);
  if (quorum === undefined) return [];
  const { brokers } = await cluster.describe([]);
  const current = [...quorum.voters, ...quorum.observers]
    .filter(({ id, logEnd }) => brokers.has(id) && logEnd >= highWatermark)
    .map(({ id }) => id);
  if (current.length > 0) await pause(APPLIED_MS);
  return current;
}

const NOBODY_KNOWS =
  "No broker has the controllers' latest metadata, so nobody can say who holds which partitions. See whether brokers reach the controllers (`npm run ops -- status`), then run this again.";

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
