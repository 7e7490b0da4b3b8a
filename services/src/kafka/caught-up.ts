/** A member of the controllers' quorum that is further behind than this, in ms, does not count as caught up. */
export const CAUGHT_UP_MS = 10_000;

/** The quorum as its leader describes it. */
interface Described {
  readonly leaderId: number;
  readonly currentVoters: readonly Member[];
  readonly observers: readonly Member[];
}

interface Member {
  readonly replicaId: number;
  readonly lastFetchTimestamp: bigint;
  readonly lastCaughtUpTimestamp: bigint;
}

/** For each member of the quorum, by node id, the ms since it was last caught up; undefined for one that never was. */
export function behindMs({ leaderId, currentVoters, observers }: Described): ReadonlyMap<number, number | undefined> {
  const members = [...currentVoters, ...observers];
  // By the leader's clock, not this machine's.
  const now = Math.max(...members.map(({ lastFetchTimestamp }) => Number(lastFetchTimestamp)));
  return new Map(
    members.map(({ replicaId, lastCaughtUpTimestamp }) => {
      if (replicaId === leaderId) return [replicaId, 0];
      const at = Number(lastCaughtUpTimestamp);
      return [replicaId, at < 0 ? undefined : Math.max(0, now - at)];
    }),
  );
}
