/** How a Job tries again. What its program refuses for good (exit code 3), or cannot understand (2), fails the Job at once: the next try would end the same. */
export const retries = {
  backoffLimit: 2,
  podFailurePolicy: { rules: [{ action: "FailJob", onExitCodes: { operator: "In", values: [2, 3] } }] },
};
