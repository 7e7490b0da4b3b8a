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
export function jobResources(given: JobResources = DEFAULT) {
  const { cpu = "0" } = given.requests;
  const limits: Record<string, string> = { cpu: cores(cpu) > 1 ? cpu : "1", ...given.limits };
  return { requests: { ...given.requests }, limits };
}

/** CPU cores of a quantity such as `250m` or `2`. */
const cores = (quantity: string): number =>
  quantity.endsWith("m") ? Number(quantity.slice(0, -1)) / 1000 : Number(quantity);

/** Bytes of the suffixes of quantities. */
const UNITS: Readonly<Record<string, number>> = {
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  "": 1,
};

/** The part of a container's memory that objects of Node.js may have; the rest is for buffers, stacks and Node.js itself. */
const HEAP_SHARE = 0.75;

/**
 * MiB that the heap of Node.js may grow to in a container with a memory limit. Node.js that reaches it ends and says so; the kernel, at the limit itself, kills without a
 * word.
 *
 * @param limit a quantity such as `512Mi`; what cannot be read is taken for the default.
 */
export function heapMiB(limit: string | undefined): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|k|M|G)?$/.exec(limit ?? "") ?? [];
  const bytes = number === undefined ? 512 * 2 ** 20 : Number(number) * (UNITS[unit] ?? 1);
  return Math.max(32, Math.floor((bytes * HEAP_SHARE) / 2 ** 20));
}
