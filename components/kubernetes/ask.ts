import { apiMessage, isNotFound, statusOf } from "./api-error";
import { NEEDS_NODE } from "./core-api";
import { within } from "../../waiting";

/** Milliseconds after which a silent cluster counts as unreachable; a slow one answers sooner. */
const PATIENCE_MS = 60_000;

/** There was no answer, so nothing is known. A refusal is another error. */
export class ClusterUnreachable extends Error {}

/**
 * Sends a request to a cluster.
 *
 * @param what the question, for errors.
 * @param request undefined where there is no client, as `coreApi` returns it.
 * @throws ClusterUnreachable when the cluster is not reached, and the API server's message when it refuses: neither means "there is none".
 */
export async function ask<Answer>(what: string, request: () => Promise<Answer | undefined>): Promise<Answer> {
  let answer: Answer | undefined;
  try {
    answer = await within(request(), PATIENCE_MS, "no answer");
  } catch (error) {
    if (statusOf(error) === undefined) {
      throw new ClusterUnreachable(`the cluster could not be asked ${what}: ${apiMessage(error)}`, { cause: error });
    }
    const rights = statusOf(error) === 403 ? "; docs/clusters.md lists the rights that the account needs" : "";
    throw new Error(`the cluster refuses to answer ${what}: ${apiMessage(error)}${rights}`, { cause: error });
  }
  if (answer === undefined) throw new ClusterUnreachable(`the cluster could not be asked ${what}: ${NEEDS_NODE}`);
  return answer;
}

/** An object that may not exist: `null` when the cluster says that there is none, and only then. @throws any other error */
export async function orNone<Thing>(request: Promise<Thing>): Promise<Thing | null> {
  try {
    return await request;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}
