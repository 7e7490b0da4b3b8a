import { removeRaftVoterV0 } from "../../kafka/protocol/remove-raft-voter.js";
import type { Cluster } from "../cluster.js";
import { count } from "../format.js";
import { describeQuorum, isCaughtUp, type Quorum, type QuorumMember } from "../quorum.js";
import { RefusedError } from "../refused.js";
import { retire, retirementOf } from "../retire.js";

/** Which controllers stay voters. */
export interface ControllersOptions {
  readonly keep: readonly number[];
  /** Also wait until all that are kept are voters; those that are yet to start cannot be before a change. */
  readonly joined: boolean;
  /** Milliseconds to try, and to wait for kept controllers to have caught up. */
  readonly waitMs: number;
  /** Milliseconds for which no removed controller may have come back before the work counts as done. */
  readonly settleMs: number;
  readonly print: (line: string) => void;
}

/**
 * Takes the vote from controllers that are not kept, one after the other, each only while most of the others have caught up. A controller that
 * runs with `controller.quorum.auto.join.enable` adds itself back within seconds, so it is told to retire first. One that cannot be told is removed again until it
 * has stopped or the time is up.
 * Waits, when asked to, until all kept ones are voters.
 *
 * @throws {@link RefusedError} when the kept ones could not carry the quorum, are not voters, or a removed controller keeps coming back.
 */
export async function keepControllers(cluster: Cluster, options: ControllersOptions): Promise<void> {
  const { keep, joined, settleMs, print } = options;
  const deadline = Date.now() + options.waitMs;
  let removedLast: { readonly id: number; readonly at: number } | undefined;
  const retiring = new Set<number>();
  for (;;) {
    const quorum = await describeQuorum(cluster);
    if (quorum === undefined) {
      print("There is no quorum of controllers with ZooKeeper; nothing to do.");
      return;
    }
    const leaving = nextToLeave(quorum, keep);
    const problem =
      leaving !== undefined ? whyUnsafe(quorum, leaving.id, keep) : joined ? whyIncomplete(quorum, keep) : undefined;
    if (leaving !== undefined && problem === undefined) {
      if (!(await hasRetired(leaving, retiring, print))) {
        if (Date.now() >= deadline) throw new RefusedError(`Controller ${leaving.id} did not retire in time.`);
        await new Promise((resolve) => setTimeout(resolve, 500));
        continue;
      }
      await remove(cluster, leaving);
      print(`Removed controller ${leaving.id} from the voters.`);
      removedLast = { id: leaving.id, at: Date.now() };
    } else if (problem === undefined && (removedLast === undefined || Date.now() - removedLast.at >= settleMs)) {
      print(`The voters are ${quorum.voters.map(({ id }) => id).join(", ")}.`);
      return;
    }
    if (Date.now() >= deadline) {
      throw new RefusedError(
        problem ?? `Controller ${removedLast?.id ?? ""} keeps adding itself back; stop it, then run this again.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Those that have stopped go first, as they help nobody. */
function nextToLeave(quorum: Quorum, keep: readonly number[]): QuorumMember | undefined {
  const leaving = quorum.voters.filter(({ id }) => !keep.includes(id));
  return leaving.find((voter) => !isCaughtUp(voter)) ?? leaving[0];
}

/** Whether a controller takes no vote by itself any more; tells it to, the first time. One that has stopped need not be told. */
async function hasRetired(
  { id, host }: QuorumMember,
  retiring: Set<number>,
  print: (line: string) => void,
): Promise<boolean> {
  const now = host === undefined ? "absent" : await retirementOf(host);
  if (now === "done") return true;
  if (now === "absent") return !retiring.has(id);
  if (host !== undefined && !retiring.has(id)) {
    retiring.add(id);
    print(`Telling controller ${id} to retire.`);
    await retire(host);
  }
  return false;
}

async function remove(cluster: Cluster, { id, directoryId }: QuorumMember): Promise<void> {
  const { clusterId } = await cluster.describe([]);
  await cluster.request(`removing controller ${id}`, "controller", removeRaftVoterV0, clusterId, id, directoryId);
}

function whyIncomplete(quorum: Quorum, keep: readonly number[]): string | undefined {
  const absent = keep.filter((id) => !quorum.voters.some((voter) => voter.id === id));
  return absent.length === 0 ? undefined : `Not voters yet: ${absent.join(", ")}.`;
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
  return `Without controller ${leaving}, ${count(working, "voter")} of ${rest.length} would have caught up; ${needed} are needed.`;
}
