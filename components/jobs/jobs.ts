import type { V1Job } from "@kubernetes/client-node";

/** How a Job has ended; undefined while it runs. A Job that is being deleted runs until its pods are gone. */
export function endedAs({ status }: V1Job): "Complete" | "Failed" | undefined {
  const has = (type: string) =>
    status?.conditions?.some((condition) => condition.type === type && condition.status === "True");
  return has("Complete") ? "Complete" : has("Failed") ? "Failed" : undefined;
}

/** Labels as a selector for the API. */
export const selectorText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
