import { count } from "../format.js";
import { clusterPort } from "../move/cluster-port.js";
import { removeIdleThrottles } from "../move/mover.js";
import { type Placement, readPlacement } from "../placement.js";
import { RefusedError } from "../refused.js";
import { redistribute, type RedistributeOptions } from "./redistribute.js";
import type { Cluster } from "../cluster.js";

/** Milliseconds after which a drained broker is checked again: an older run that has not noticed yet may have moved something to it. */
const SETTLE_MS = 5_000;
const MAX_ROUNDS = 5;

/**
 * Drains all brokers but the given ones. When these already hold everything there is nothing to do, whether they are up or not: new brokers are not
 * there yet, and a broker that is down must not block its own repair.
 *
 * @throws {@link RefusedError} as {@link redistribute} does.
 */
export async function drain(cluster: Cluster, options: RedistributeOptions): Promise<void> {
  const { brokers, print, throttle, dryRun } = options;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    if (holdEverything(await readPlacement(cluster), brokers)) {
      if (round === 0) print(`Nothing to drain: the ${count(brokers.length, "broker")} to keep hold everything.`);
      if (!dryRun && (await removeIdleThrottles(clusterPort(cluster, throttle))) > 0) {
        print("Removed a throttle that an interrupted run had left.");
      }
      return;
    }
    await redistribute(cluster, options);
    if (dryRun) return;
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  }
  throw new RefusedError(
    `Partitions come back to the leaving brokers (those beside ${brokers.join(", ")}): another run or person moves them there. End that, then run this again.`,
  );
}

/** Whether no other broker than these holds or receives a replica. */
export function holdEverything({ partitions }: Placement, brokers: readonly number[]): boolean {
  return partitions.every(({ held, replicas }) => [...held, ...replicas].every((id) => brokers.includes(id)));
}
