import { apiMessage, isNotFound, statusOf } from "./api-error";

/** What an object's metadata has that tells it, as it was read, from any other. */
interface Version {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** An object is no longer what was judged. */
class Changed extends Error {}

/** How often something that changes while it is judged is judged anew. */
const JUDGEMENTS = 5;

/**
 * Preconditions of the deletion of an object that was read and judged: what was made anew under its name since, or has changed, stays.
 *
 * @throws when it was not read from a cluster.
 */
export function asJudged(metadata: Version | undefined): { preconditions: Required<Version> } {
  const { uid, resourceVersion } = metadata ?? {};
  if (uid === undefined || resourceVersion === undefined) {
    throw new Error("An object without uid and resourceVersion could be another one by now, and is not deleted.");
  }
  return { preconditions: { uid, resourceVersion } };
}

/** Waits for a deletion; what is gone already is no error. @throws when the cluster refuses, naming what; what has changed is for {@link judgedAnew} */
export async function deletion(request: Promise<unknown>, what: string): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (isNotFound(error)) return;
    const message = `${what} could not be deleted: ${apiMessage(error)}`;
    throw statusOf(error) === 409 ? new Changed(message, { cause: error }) : new Error(message, { cause: error });
  }
}

/** Reads, judges and deletes; what has changed in between is read and judged anew. @throws when it goes on changing, and what the work throws */
export async function judgedAnew<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let judged = 1; ; judged++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Changed)) throw error;
      if (judged === JUDGEMENTS) {
        throw new Error(`${error.message}; it changed ${JUDGEMENTS} times while it was looked at, so run this again`, {
          cause: error,
        });
      }
    }
  }
}
