import { KILLED, TERMINATED } from "./exit-codes";

/**
 * How a Job of the stack retries. A pod that was removed (its node drained or lost) is replaced, as is one that was told to stop or killed. Everything else fails the Job at once: the programs retry by themselves where that may help. A failure policy must not end a Job, because
 * Pulumi's provider notices only that attempts or time are used up, and would wait on. Whoever waits for a Job gives up one that is killed for its
 * memory repeatedly (`job-end.ts`).
 */
export const retries = {
  backoffLimit: 0,
  podFailurePolicy: {
    rules: [
      { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
      { action: "Ignore", onExitCodes: { operator: "In", values: [KILLED, TERMINATED] } },
    ],
  },
};
