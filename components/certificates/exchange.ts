import { HEALTH_PORT } from "../kubernetes/ports";

/** Which authority a stack has, and how another one takes its place. */
export interface AuthoritySpec {
  /** Which authority of the cluster signs certificates: a higher number is a new one, which takes the place of the one before while servers run. @default 1 */
  readonly authority?: number | undefined;
  /** Hours that clients have, twice: to trust the next authority before servers show its certificates, and then to use certificates of it. @default 24 */
  readonly authorityWaitHours?: number | undefined;
}

/** A day: an application that is restarted each night has what it needs, and the CronJob takes a step each night. */
export const DEFAULT_AUTHORITY_WAIT_HOURS = 24;

/**
 * Seconds that the stack's own programs have in any case. The kubelet updates the files of a pod in its period of a minute, and some clusters' kubelets know a Secret for another
 * minute; the programs read them for each new connection.
 */
const LEAST_WAIT_S = 180;

/** Seconds for creating certificates: a node may have to pull the image first. */
const PREPARATION_S = 300;

/** Seconds that the Jobs wait for servers and clients, where there is another authority than the first one: enough for all steps of an exchange without hours of waiting. */
const PATIENCE_S = 1_500;

/** Seconds that the Jobs may take. A pod that replaces an evicted one waits anew. */
export const deadlineOf = ({ authority = 1 }: AuthoritySpec): number =>
  authority === 1 ? PREPARATION_S : PREPARATION_S + 2 * PATIENCE_S;

/** What the program in the services image needs for an exchange; nothing for a stack that has its first authority. */
export function exchangeOf({
  authority = 1,
  authorityWaitHours = DEFAULT_AUTHORITY_WAIT_HOURS,
  dedicated,
}: AuthoritySpec & { /** Whether controllers have their own pods. */ readonly dedicated: boolean }) {
  if (authority === 1) return undefined;
  return {
    generation: authority,
    waitSeconds: Math.max(LEAST_WAIT_S, authorityWaitHours * 3_600),
    patienceSeconds: PATIENCE_S,
    pools: poolsOf(dedicated),
    port: HEALTH_PORT,
  };
}

/** The StatefulSets of the servers whose word an exchange waits for. */
export const poolsOf = (dedicated: boolean): string[] => ["broker", ...(dedicated ? ["controller"] : [])];
