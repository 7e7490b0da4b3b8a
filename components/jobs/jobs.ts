import type { V1Job } from "@kubernetes/client-node";

/** How a Job has ended; undefined while it is at work. One that is being deleted is at work until its pods are gone. */
export function endedAs({ status }: V1Job): "Complete" | "Failed" | undefined {
  const has = (type: string) =>
    status?.conditions?.some((condition) => condition.type === type && condition.status === "True");
  return has("Complete") ? "Complete" : has("Failed") ? "Failed" : undefined;
}

/** Labels as the API takes them for a selector. */
export const selectorText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
