import type * as k8s from "@pulumi/kubernetes";
import type { ContainerDefaults } from "../kubernetes/server-defaults";

/** What a Job's container may ask for and use. */
export interface JobResources {
  /** What the scheduler keeps free, as Kubernetes quantities by name. */
  readonly requests: Readonly<Record<string, string>>;
  /** What the container may use at most; a CPU limit of 1 is added. */
  readonly limits: Readonly<Record<string, string>>;
}

/** What a Job's container asks for and may use when nothing is written. */
export const JOB_DEFAULTS = {
  cpu: "50m",
  memory: "128Mi",
  memoryLimit: "512Mi",
  ephemeralStorage: "16Mi",
} as const satisfies ContainerDefaults;

const DEFAULT: JobResources = {
  requests: { cpu: JOB_DEFAULTS.cpu, memory: JOB_DEFAULTS.memory, "ephemeral-storage": JOB_DEFAULTS.ephemeralStorage },
  limits: { memory: JOB_DEFAULTS.memoryLimit, "ephemeral-storage": JOB_DEFAULTS.ephemeralStorage },
};

/**
 * Requests and limits of a Job's container. All of them are set, a CPU limit too: a namespace with a ResourceQuota refuses pods without what it counts, and a Job that
 * is throttled stalls nobody's clients.
 */
export function jobResources(given: JobResources = DEFAULT): k8s.types.input.core.v1.ResourceRequirements {
  return { requests: { ...given.requests }, limits: { cpu: "1", ...given.limits } };
}
