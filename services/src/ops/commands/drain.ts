import { readCordoned } from "../cordon.js";
import { count } from "../format.js";
import { clusterPort } from "../move/cluster-port.js";
import { removeIdleThrottles } from "../move/mover.js";
import { holdEverything, readPlacement } from "../placement.js";
import { RefusedError } from "../refused.js";
import { readRegistered } from "../registered.js";
import { placementsUpToDate } from "../up-to-date.js";
import { redistribute, type RedistributeOptions, refuseIfImpossible } from "./redistribute.js";
import type { Cluster } from "../cluster.js";

/** Which brokers to drain, and how. */
export interface DrainOptions extends Omit<RedistributeOptions, "brokers"> {
  /** The brokers that may hold partitions in the end. */
  readonly keep: readonly number[];
  /** Those of them that get none, and are drained with the others. @default those that are cordoned now */
  readonly cordoned?: readonly number[] | undefined;
}

/** Milliseconds after which a drained broker is checked again: an older run that has not noticed yet may have moved something to it. */
const SETTLE_MS = 5_000;
const MAX_ROUNDS = 5;

/**
 * Drains all brokers but the given ones. When these already hold everything there is nothing to do, whether they are up or not: new brokers are not
 * there yet, and a broker that is down must not block its own repair. Every broker with the controllers' latest metadata must say so.
 *
 * @throws {@link RefusedError} as {@link redistribute} does.
 */
export async function drain(cluster: Cluster, options: DrainOptions): Promise<void> {
  const { keep, print, throttle, dryRun } = options;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    if (await isDrained(cluster, keep)) {
      if (round === 0) print(`Nothing to drain: the ${count(keep.length, "broker")} to keep hold everything.`);
      if (!dryRun && (await removeIdleThrottles(clusterPort(cluster, throttle))) > 0) {
        print("Removed a throttle that an interrupted run had left.");
      }
      return;
    }
    const brokers = await targetsOf(cluster, options);
    const closed = keep.filter((id) => !brokers.includes(id));
    if (closed.length > 0) print(`Cordoned, so drained with the others: ${closed.join(", ")}.`);
    await redistribute(cluster, { ...options, brokers });
    if (dryRun) return;
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  }
  throw new RefusedError(
    `Partitions come back to the leaving brokers (those beside ${keep.join(", ")}), or a broker does not learn that they have left: another run or person moves them there, or \`npm run ops -- status\` shows a broker that is cut off. End that, then run this again.`,
  );
}

/**
 * @returns whether {@link drain} has anything to do
 * @throws {@link RefusedError} when it would be refused
 */
export async function refuseIfUndrainable(cluster: Cluster, options: DrainOptions): Promise<boolean> {
  if (await isDrained(cluster, options.keep)) return false;
  await refuseIfImpossible(cluster, { ...options, brokers: await targetsOf(cluster, options) });
  return true;
}

/**
 * The brokers that keep their partitions when one is drained: all others that are up, or that hold any. One that is only down must not lose them.
 *
 * @throws {@link RefusedError} when there is no such broker.
 */
export async function brokersBeside(
  cluster: Cluster,
  broker: number,
  print: (line: string) => void,
): Promise<readonly number[]> {
  const { view, partitions } = await readPlacement(cluster);
  const holders = new Set([...view.brokers.keys(), ...partitions.flatMap((each) => [...each.held, ...each.replicas])]);
  const registered = await readRegistered(cluster);
  if (!holders.has(broker) && registered?.some(({ id }) => id === broker) !== true) {
    throw new RefusedError(`There is no broker ${broker}: it is not up, and holds no partition.`);
  }
  if (!view.brokers.has(broker))
    print(
      `Broker ${broker} is not up. Its partitions are copied from their leaders on other brokers, and have a copy less until then. Where only it has all records, this is refused.`,
    );
  const rest = [...holders].filter((id) => id !== broker).sort((one, other) => one - other);
  const down = rest.filter((id) => !view.brokers.has(id));
  if (down.length > 0)
    print(
      `Not up, but keeping what they hold: ${down.join(", ")}. If they are gone for good, name the brokers that stay with --keep.`,
    );
  return rest;
}

/** Whether no other broker than these holds or receives anything, by everybody who knows. */
const isDrained = async (cluster: Cluster, keep: readonly number[]): Promise<boolean> =>
  (await placementsUpToDate(cluster, (placement) => holdEverything(placement, keep))).every((drained) => drained);

async function targetsOf(cluster: Cluster, { keep, cordoned }: DrainOptions): Promise<readonly number[]> {
  const closed = cordoned ?? (await readCordoned(cluster, keep));
  return keep.filter((id) => !closed.includes(id));
}
