import { parseBytes, parseCpu } from "../kubernetes/quantities";
import type { ContainerDefaults } from "../kubernetes/server-defaults";

/** What a Job's container may ask for and use. */
export interface JobResources {
  /** What the scheduler keeps free, as Kubernetes quantities by name. */
  readonly requests: Readonly<Record<string, string>>;
  /** What the container may use at most; a CPU limit is added: 1, or the request where that is more. */
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
 * Requests and limits of a Job's container. All of them are set, a CPU limit too (1, or the request where that is more): a namespace with a ResourceQuota refuses pods
 * without what it counts, and a Job that is throttled stalls nobody's clients.
 */
export function jobResources(given: JobResources = DEFAULT) {
  const { cpu = "0" } = given.requests;
  const limits: Record<string, string> = {
    // What a stack file does not take, such as an exponent, may stand in a program.
    cpu: (parseCpu(cpu) ?? Number(cpu)) > 1 ? cpu : "1",
    ...given.limits,
  };
  return { requests: { ...given.requests }, limits };
}

/** The part of a container's memory that objects of Node.js may have; the rest is for buffers, stacks and Node.js itself. */
const HEAP_SHARE = 0.75;

/**
 * MiB that the heap of Node.js may grow to in a container with a memory limit. Node.js that reaches it ends and says so; the kernel, at the limit itself, kills without a
 * word.
 *
 * @param limit a quantity such as `512Mi`; what cannot be read is taken for the default.
 */
export function heapMiB(limit: string | undefined): number {
  const bytes = parseBytes(limit ?? "") ?? parseBytes(JOB_DEFAULTS.memoryLimit) ?? 0;
  return Math.max(32, Math.floor((bytes * HEAP_SHARE) / 2 ** 20));
}
