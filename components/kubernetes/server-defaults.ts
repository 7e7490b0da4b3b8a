import type * as k8s from "@pulumi/kubernetes";
import { parseHeap } from "./quantities";

/** Requests and limits of a container, as Kubernetes quantities. There is no CPU limit: a throttled broker stalls all its clients. */
export interface ContainerDefaults {
  readonly cpu: string;
  readonly memory: string;
  readonly memoryLimit: string;
  readonly ephemeralStorage: string;
}

/** Defaults of one kind of server. */
export interface ServerDefaults {
  /** JVM heap. */
  readonly heap: string;
  readonly resources: ContainerDefaults;
  /** Capacity of a volume. */
  readonly size: string;
}

/**
 * Defaults of servers by kind: enough for development, not for heavy load. Besides its heap, a JVM needs about half as much again for threads,
 * buffers and classes; the limit leaves as much as the heap.
 */
export const SERVER_DEFAULTS = {
  broker: {
    heap: "512m",
    resources: { cpu: "250m", memory: "768Mi", memoryLimit: "1Gi", ephemeralStorage: "256Mi" },
    size: "10Gi",
  },
  // Controllers and ZooKeeper servers only keep metadata.
  controller: {
    heap: "256m",
    resources: { cpu: "100m", memory: "384Mi", memoryLimit: "512Mi", ephemeralStorage: "256Mi" },
    size: "2Gi",
  },
  zookeeper: {
    heap: "128m",
    resources: { cpu: "100m", memory: "256Mi", memoryLimit: "384Mi", ephemeralStorage: "256Mi" },
    size: "2Gi",
  },
} as const satisfies Record<string, ServerDefaults>;

/** A kind of server that keeps data. */
export type ServerKind = keyof typeof SERVER_DEFAULTS;

/**
 * Seconds for the controlled shutdown of a broker or controller. Kubernetes' default of 30 is too short to hand over the leadership of many
 * partitions.
 */
export const DEFAULT_GRACE_SECONDS = 120;

const MiB = 2 ** 20;

/**
 * Default requests and limits of a server. They follow another heap than the default: the memory request is 1.5 times the heap, the limit 2 times.
 *
 * @throws when the heap is not a size such as `512m` or `4g`.
 */
export function defaultResources(kind: ServerKind, heap: string): k8s.types.input.core.v1.ResourceRequirements {
  const { resources, heap: usual } = SERVER_DEFAULTS[kind];
  const { cpu, memory, memoryLimit, ephemeralStorage } = resources;
  const times = (factor: number) => `${Math.ceil((bytesOf(heap) * factor) / MiB)}Mi`;
  return {
    requests: { cpu, memory: heap === usual ? memory : times(1.5), "ephemeral-storage": ephemeralStorage },
    limits: { memory: heap === usual ? memoryLimit : times(2), "ephemeral-storage": ephemeralStorage },
  };
}

function bytesOf(heap: string): number {
  const bytes = parseHeap(heap);
  if (bytes === undefined) throw new Error(`"${heap}" is not a JVM heap size such as 512m or 4g`);
  return bytes;
}
