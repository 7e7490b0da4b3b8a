import type * as k8s from "@pulumi/kubernetes";

/** What a Job's container may ask for and use. */
export interface JobResources {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

const DEFAULT: JobResources = {
  requests: { cpu: "50m", memory: "128Mi", "ephemeral-storage": "16Mi" },
  limits: { memory: "512Mi", "ephemeral-storage": "16Mi" },
};

/**
 * Requests and limits of a Job's container. All of them are set, a CPU limit too (1, or the request where that is more): a namespace with a ResourceQuota refuses pods
 * without what it counts, and a Job that is throttled stalls nobody's clients.
 */
export function jobResources(given: JobResources = DEFAULT): k8s.types.input.core.v1.ResourceRequirements {
  const { cpu = "0" } = given.requests;
  return { requests: { ...given.requests }, limits: { cpu: cores(cpu) > 1 ? cpu : "1", ...given.limits } };
}

/** CPU cores of a quantity such as `250m` or `2`. */
const cores = (quantity: string): number =>
  quantity.endsWith("m") ? Number(quantity.slice(0, -1)) / 1000 : Number(quantity);
