import { KILLED, TERMINATED } from "./exit-codes";

/**
 * How a Job of the stack retries. A pod that was evicted, stopped or killed is replaced. Any other failure ends the Job at once, because the programs retry by themselves where
 * that may help. It ends by the backoff limit and not by a failure policy: Pulumi's provider would wait on after the latter. The wait for a Job gives up one that is killed for
 * its memory repeatedly (`job-end.ts`).
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
