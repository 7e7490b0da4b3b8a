import { removeRaftVoterV0 } from "../../kafka/protocol/remove-raft-voter.js";
import type { Cluster } from "../cluster.js";
import { count } from "../format.js";
import { describeQuorum, isCaughtUp, type Quorum, type QuorumMember } from "../quorum.js";
import { RefusedError } from "../refused.js";
import { controllerState, give, hostOf, type Order, type Ordered } from "../retire.js";

/** Which controllers stay voters, and how long to wait. */
export interface ControllersOptions {
  readonly keep: readonly number[];
  /** Also wait until all kept controllers are voters; before a change, those that are yet to start cannot be. */
  readonly joined: boolean;
  /** Milliseconds to try, and to wait for kept controllers to catch up. */
  readonly waitMs: number;
  /** Milliseconds for which no removed controller may have rejoined before the work counts as done. */
  readonly settleMs: number;
  /**
   * Milliseconds after which a controller is told again that has not done what it was told: one that is killed before it has noted the order forgets it.
   * @default a minute, twice as long as it waits until the others can do without it
   */
  readonly tellAgainMs?: number | undefined;
  /** Files of the Secret with the key for orders. @default none, which is enough for controllers of older versions */
  readonly orders?: string | undefined;
  readonly print: (line: string) => void;
}

/** The next step: none, a wait, or something that was just done. */
type Progress = "settled" | { readonly waiting: string } | { readonly removed: number };

const PAUSE_MS = 500;
const TELL_AGAIN_MS = 60_000;

/**
 * Removes the votes of controllers that are not kept, one after the other, each only while most of the others are caught up. A controller that runs
 * with `controller.quorum.auto.join.enable` rejoins within seconds, so it is told to retire first. One that cannot be told is removed again until it
 * has stopped or the time is up. Kept controllers that retired for a reverted change are told to return. On request, waits until all kept ones are
 * voters.
 *
 * @throws {@link RefusedError} when the kept ones could not carry the quorum, are not voters, or a removed controller keeps rejoining.
 */
export async function keepControllers(cluster: Cluster, options: ControllersOptions): Promise<void> {
  const { keep, settleMs, print } = options;
  const deadline = Date.now() + options.waitMs;
  const told = new Orders(options);
  let removedLast: { readonly id: number; readonly at: number } | undefined;
  for (;;) {
    const quorum = await describeQuorum(cluster);
    if (quorum === undefined) {
      print("There is no quorum of controllers with ZooKeeper; nothing to do.");
      return;
    }
    const leaving = nextToLeave(quorum, keep);
    const look = { ...options, quorum, told };
    const progress = leaving === undefined ? await gather(look) : await takeVote(cluster, leaving, look);
    if (progress === "settled") {
      if (removedLast === undefined || Date.now() - removedLast.at >= settleMs) {
        print(`The voters are ${quorum.voters.map(({ id }) => id).join(", ")}.`);
        return;
      }
    } else if ("removed" in progress) {
      removedLast = { id: progress.removed, at: Date.now() };
    }
    if (Date.now() >= deadline) {
      const comesBack = `Controller ${removedLast?.id ?? ""} keeps rejoining; stop it, then run this again.`;
      throw new RefusedError(typeof progress === "object" && "waiting" in progress ? progress.waiting : comesBack);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/**
 * Checks a change to a version of Kafka whose quorum is static: it cannot take the vote of a controller that leaves, and gives none to one that comes.
 *
 * @throws {@link RefusedError} unless exactly these controllers are the voters.
 */
export async function refuseOtherVoters(cluster: Cluster, controllers: readonly number[]): Promise<void> {
  const quorum = await describeQuorum(cluster);
  if (quorum === undefined) return;
  const ids = quorum.voters.map(({ id }) => id).sort((one, other) => one - other);
  if (ids.length === controllers.length && ids.every((id) => controllers.includes(id))) return;
  throw new RefusedError(
    `The voters of the quorum are ${ids.join(", ")}, and this change declares the controllers ${controllers.join(", ")} for Kafka 3.9, which removes and adds no voters: votes would be lost. ` +
      "Leave kafka.version as it is for one more `up` that reaches the number of controllers, and go back to 3.9 in another.",
  );
}

/** The current quorum and its target. */
interface Look extends Pick<ControllersOptions, "keep" | "joined" | "print"> {
  readonly quorum: Quorum;
  /** Controllers that were told to retire or return. */
  readonly told: Orders;
}

/** The orders that controllers were given, and when. */
class Orders {
  readonly #at = new Map<number, number>();
  readonly #refused = new Map<number, string>();
  readonly #againMs: number;

  constructor(private readonly options: Pick<ControllersOptions, "tellAgainMs" | "orders" | "print">) {
    this.#againMs = options.tellAgainMs ?? TELL_AGAIN_MS;
  }

  has(id: number): boolean {
    return this.#at.has(id);
  }

  /** Why a controller has refused its last order, for the end of a sentence. */
  whyRefused(id: number): string {
    const why = this.#refused.get(id);
    return why === undefined ? "" : `: it refuses, because ${why}`;
  }

  /**
   * Gives an order, for the first time or once more when it is due. One that is refused is given again at the next look: a new key reaches a pod a minute or two after its
   * Secret has changed.
   */
  async give(order: Order, to: Ordered, line: string): Promise<void> {
    const { orders, print } = this.options;
    const before = this.#refused.get(to.id);
    if (Date.now() - (this.#at.get(to.id) ?? -Infinity) < this.#againMs) return;
    if (before === undefined) print(line);
    const why = await give(order, to, orders);
    if (why === undefined) {
      this.#at.set(to.id, Date.now());
      this.#refused.delete(to.id);
      return;
    }
    this.#refused.set(to.id, why);
    if (why !== before) print(`Controller ${to.id} refuses: ${why}.`);
  }
}

/** Removes a controller's vote once the others can do without it and it has retired. */
async function takeVote(cluster: Cluster, leaving: QuorumMember, look: Look): Promise<Progress> {
  const unsafe = whyUnsafe(look.quorum, leaving.id, look.keep);
  if (unsafe !== undefined) return { waiting: unsafe };
  if (!(await hasRetired(leaving, look))) {
    return { waiting: `Controller ${leaving.id} did not retire in time${look.told.whyRefused(leaving.id)}.` };
  }
  const { clusterId } = await cluster.describe([]);
  const { id, directoryId } = leaving;
  const [what, gone] = [`removing controller ${id}`, ["VOTER_NOT_FOUND"]];
  await cluster.requestUnlessGone(what, "controller", gone, removeRaftVoterV0, clusterId, id, directoryId);
  look.print(`Removed controller ${id} from the voters.`);
  return { removed: id };
}

/** Stopped ones first, because they help nobody. */
function nextToLeave(quorum: Quorum, keep: readonly number[]): QuorumMember | undefined {
  const leaving = quorum.voters.filter(({ id }) => !keep.includes(id));
  return leaving.find((voter) => !isCaughtUp(voter)) ?? leaving[0];
}

/** Whether a controller no longer rejoins by itself; unless it was told just now, tells it so. A stopped one need not be told. */
async function hasRetired({ id, host }: QuorumMember, { told }: Look): Promise<boolean> {
  const attendance = host === undefined ? undefined : await controllerState(host);
  if (host === undefined || attendance === undefined) return !told.has(id);
  // Until it follows a leader again, the quorum would have to do without it.
  if (attendance.retired) return attendance.follows;
  await told.give("retire", { id, host, challenge: attendance.challenge }, `Telling controller ${id} to retire.`);
  return false;
}

/** Tells kept controllers that have retired to return, and checks that they have. On request, also checks that all kept ones are voters. */
async function gather({ quorum, keep, joined, told }: Look): Promise<Progress> {
  const absent: string[] = [];
  for (const id of keep) {
    const host = hostIn(quorum, id);
    const attendance = host === undefined ? undefined : await controllerState(host);
    const retired = attendance?.retired === true;
    if (host !== undefined && retired) {
      const line = `Telling controller ${id}, which has retired, to return.`;
      await told.give("return", { id, host, challenge: attendance.challenge }, line);
    }
    const returning = retired || (told.has(id) && !attendance?.follows);
    if (returning || (joined && !quorum.voters.some((voter) => voter.id === id))) {
      absent.push(`${id}${told.whyRefused(id)}`);
    }
  }
  return absent.length === 0 ? "settled" : { waiting: `Not voters yet: ${absent.join(", ")}.` };
}

/** Kafka returns the names of voters only. */
function hostIn({ voters }: Quorum, id: number): string | undefined {
  const [named] = voters.flatMap(({ id: other, host }) => (host === undefined ? [] : [{ id: other, host }]));
  return named && hostOf(id, named);
}

/** Why the quorum should not lose this voter now. */
function whyUnsafe(quorum: Quorum, leaving: number, keep: readonly number[]): string | undefined {
  const rest = quorum.voters.filter(({ id }) => id !== leaving);
  if (!rest.some(({ id }) => keep.includes(id))) {
    return `None of the controllers to keep (${keep.join(", ")}) is a voter, so controller ${leaving} cannot be removed.`;
  }
  const working = rest.filter(isCaughtUp).length;
  const needed = Math.floor(rest.length / 2) + 1;
  if (working >= needed) return undefined;
  return `Without controller ${leaving}, ${count(working, "voter")} of ${rest.length} would be caught up; ${needed} are needed.`;
}
