/**
 * How a Job of the stack tries again. A pod that was taken away (its node drained or lost) is replaced, as is one that was told to stop or killed (143, 137). Everything
 * else fails the Job at once: the programs try again by themselves what may go better a second time. A failure policy must not end a Job, since Pulumi's provider
 * notices only that tries or time are used up, and would wait on. One that is killed for its memory again and again is given up by who waits for it (`job-end.ts`).
 */
export const retries = {
  backoffLimit: 0,
  podFailurePolicy: {
    rules: [
      { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
      { action: "Ignore", onExitCodes: { operator: "In", values: [137, 143] } },
    ],
  },
};
