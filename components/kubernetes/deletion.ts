import { apiMessage, isNotFound, statusOf } from "./api-error";

/** Metadata that identifies the version of an object that was read. */
interface Version {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** The object has changed since it was judged. */
class Changed extends Error {}

/** How often a changing object is judged again. */
const JUDGEMENTS = 5;

/**
 * Preconditions for deleting an object that was read and judged: a changed or recreated object stays.
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

/**
 * Waits for a deletion; an object that is already gone is no error. @throws when the cluster refuses, naming the object; {@link judgedAnew} handles
 * changed ones
 */
export async function deletion(request: Promise<unknown>, what: string): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (isNotFound(error)) return;
    const message = `${what} could not be deleted: ${apiMessage(error)}`;
    throw statusOf(error) === 409 ? new Changed(message, { cause: error }) : new Error(message, { cause: error });
  }
}

/** Reads, judges and deletes, and starts over when the object has changed in between. @throws when it keeps changing, and errors of the work */
export async function judgedAnew<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let judged = 1; ; judged++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Changed)) throw error;
      if (judged === JUDGEMENTS) {
        throw new Error(`${error.message}; it changed ${JUDGEMENTS} times during the check, so run this again`, {
          cause: error,
        });
      }
    }
  }
}
