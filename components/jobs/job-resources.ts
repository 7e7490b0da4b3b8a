import { parseBytes, parseCpu } from "../kubernetes/quantities";
import type { ContainerDefaults } from "../kubernetes/server-defaults";

/** Requests and limits of a Job's container. */
export interface JobResources {
  /** What the scheduler reserves, as Kubernetes quantities by name. */
  readonly requests: Readonly<Record<string, string>>;
  /** The most that the container may use. A CPU limit is added: 1, or the request where that is more. */
  readonly limits: Readonly<Record<string, string>>;
}

/** Default requests and limits of a Job's container. */
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
 * Requests and limits of a Job's container. All of them are set, including a CPU limit (1, or the request where that is more): a namespace with a
 * ResourceQuota refuses pods without the resources that it counts, and throttling a Job stalls no clients.
 */
export function jobResources(given: JobResources = DEFAULT) {
  const { cpu = "0" } = given.requests;
  const limits: Record<string, string> = {
    // A program may use forms that a stack file does not accept, such as an exponent.
    cpu: (parseCpu(cpu) ?? Number(cpu)) > 1 ? cpu : "1",
    ...given.limits,
  };
  return { requests: { ...given.requests }, limits };
}

/** The share of a container's memory for Node.js' heap; the rest is for buffers, stacks and Node.js itself. */
const HEAP_SHARE = 0.75;

/**
 * The maximum heap of Node.js, in MiB, in a container with a memory limit. At this size Node.js ends with a message; at the limit itself the kernel
 * kills it without one.
 *
 * @param limit a quantity such as `512Mi`; an unreadable one counts as the default.
 */
export function heapMiB(limit: string | undefined): number {
  const bytes = parseBytes(limit ?? "") ?? parseBytes(JOB_DEFAULTS.memoryLimit) ?? 0;
  return Math.max(32, Math.floor((bytes * HEAP_SHARE) / 2 ** 20));
}
