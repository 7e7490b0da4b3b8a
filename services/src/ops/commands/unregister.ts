import { unregisterBrokerV0 } from "@platformatic/kafka";
import type { Cluster } from "../cluster.js";
import { count } from "../format.js";
import type { PlacedPartition, Placement } from "../placement.js";
import { RefusedError } from "../refused.js";
import { readRegistered } from "../registered.js";
import { placementsUpToDate } from "../up-to-date.js";

/** Which brokers stay registered, and how long to wait for the others. */
export interface UnregisterOptions {
  readonly keep: readonly number[];
  /** Milliseconds to wait until the others have stopped. */
  readonly waitMs: number;
  readonly print: (line: string) => void;
}

/**
 * Unregisters every broker that is not kept, so that controllers no longer count on it.
 *
 * @throws {@link RefusedError} before anything is changed when one of them still runs or still holds replicas.
 */
export async function unregister(cluster: Cluster, { keep, waitMs, print }: UnregisterOptions): Promise<void> {
  if (!(await cluster.knows(unregisterBrokerV0.api.key, 0))) {
    print("With ZooKeeper, a broker's registration ends when it stops; there is nothing to unregister.");
    return;
  }
  const deadline = Date.now() + waitMs;
  for (let said = false; ; said = true) {
    const registered = await readRegistered(cluster);
    if (registered === undefined) {
      print("Kafka before 4.0 does not list stopped brokers, so none is unregistered; that does no harm.");
      return;
    }
    const leaving = registered.filter(({ id }) => !keep.includes(id));
    const running = leaving.filter(({ fenced }) => !fenced).map(({ id }) => id);
    if (running.length === 0) {
      await forget(
        cluster,
        leaving.map(({ id }) => id),
        print,
      );
      return;
    }
    if (Date.now() >= deadline) throw new RefusedError(`Still running, so not unregistered: ${running.join(", ")}.`);
    if (!said) print(`Waiting until ${count(running.length, "broker")} stopped: ${running.join(", ")}.`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

async function forget(cluster: Cluster, ids: readonly number[], print: (line: string) => void): Promise<void> {
  // A broker that is cut off from the controllers does not know what others hold.
  const held = ids.length === 0 ? [] : await placementsUpToDate(cluster, (placement) => heldBy(ids, placement));
  const still = held.find((each) => each !== undefined);
  if (still !== undefined) throw new RefusedError(`Broker ${still.holder} still holds ${still.name}; drain it first.`);
  for (const id of ids) {
    const [what, gone] = [`unregistering broker ${id}`, ["BROKER_ID_NOT_REGISTERED"]];
    await cluster.requestUnlessGone(what, "controller", gone, unregisterBrokerV0.api, id);
  }
  print(
    ids.length === 0
      ? "No broker has to be unregistered."
      : `Unregistered ${count(ids.length, "broker")}: ${ids.join(", ")}.`,
  );
}

/** The first of these brokers that holds anything, and the first that it holds. */
function heldBy(
  ids: readonly number[],
  { partitions }: Placement,
): { readonly holder: number; readonly name: string } | undefined {
  for (const holder of ids) {
    const holds = partitions.find((each) => isOn(each, holder));
    if (holds !== undefined) return { holder, name: `${holds.topic}-${holds.partition}` };
  }
  return undefined;
}

const isOn = ({ held, replicas }: PlacedPartition, broker: number): boolean =>
  held.includes(broker) || replicas.includes(broker);
