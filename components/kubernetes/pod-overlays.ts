import type { V1Container, V1PodSpec, V1ResourceRequirements } from "@kubernetes/client-node";

/** Kinds of pods that may have an overlay. */
export const POD_KINDS = ["broker", "controller", "zookeeper", "kproducer", "kconsumer", "job"] as const;

/** A kind of pod: the servers, the two services of the chat, and the Jobs. */
export type PodKind = (typeof POD_KINDS)[number];

/** Timing of a probe. Missing fields keep their default. */
export interface ProbeTiming {
  /** Seconds before the first check. */
  readonly initialDelaySeconds?: number | undefined;
  /** Seconds between checks. */
  readonly periodSeconds?: number | undefined;
  /** Seconds for an answer. */
  readonly timeoutSeconds?: number | undefined;
  /** Failures in a row that count as one. */
  readonly failureThreshold?: number | undefined;
}

/**
 * The overlay of a kind's pods: plain data without outputs, so that all of it is checked before anything is created. Lists are merged by Kubernetes'
 * strategic merge, by their merge keys; the stack's own entries stay.
 */
export interface PodOverlay {
  /** Labels of the pods. Those that the stack's selectors use are refused. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Annotations of the pods. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** Taints of nodes that keep no pod of the kind away. */
  readonly tolerations?: V1PodSpec["tolerations"];
  /** Labels that a node must have. */
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
  /** Node and pod affinity. The stack's own spreading over nodes is kept. */
  readonly affinity?: V1PodSpec["affinity"];
  /** Spreading over zones and the like. Without a `labelSelector` an entry counts the pods of the same kind. */
  readonly topologySpreadConstraints?: V1PodSpec["topologySpreadConstraints"];
  /** PriorityClass of the pods. */
  readonly priorityClassName?: string | undefined;
  /** RuntimeClass of the pods. */
  readonly runtimeClassName?: string | undefined;
  /** ServiceAccount of the pods. Its token is mounted by a projected volume only. */
  readonly serviceAccountName?: string | undefined;
  /** Secrets with which images are pulled, besides the stack's own. */
  readonly imagePullSecrets?: V1PodSpec["imagePullSecrets"];
  /** When the stack's images are pulled: Always, IfNotPresent or Never. */
  readonly imagePullPolicy?: string | undefined;
  /** Further environment variables of the stack's container. */
  readonly env?: V1Container["env"];
  /** Further volumes. */
  readonly volumes?: V1PodSpec["volumes"];
  /** Where the stack's container mounts them. */
  readonly volumeMounts?: V1Container["volumeMounts"];
  /** Containers that run before the stack's, or all the time with `restartPolicy: Always`. */
  readonly initContainers?: V1PodSpec["initContainers"];
  /** Containers beside the stack's. */
  readonly sidecars?: V1PodSpec["containers"] | undefined;
  /** Name servers, search domains and resolver options besides the cluster's. */
  readonly dnsConfig?: V1PodSpec["dnsConfig"];
  /** Lines of /etc/hosts. */
  readonly hostAliases?: V1PodSpec["hostAliases"];
  /** Security settings of the pod that the PodSecurity standard `restricted` leaves open. */
  readonly securityContext?: V1PodSpec["securityContext"];
  /** Seconds for a clean stop, at least the default. */
  readonly terminationGracePeriodSeconds?: number | undefined;
  /** Timing of the probes of the stack's container. */
  readonly probes?:
    | {
        /** Has it started? */
        readonly startup?: ProbeTiming | undefined;
        /** May it get connections? */
        readonly readiness?: ProbeTiming | undefined;
        /** Must it be restarted? */
        readonly liveness?: ProbeTiming | undefined;
      }
    | undefined;
  /** Requests and limits of the stack's container besides CPU, memory and ephemeral storage, which have their own arguments. */
  readonly resources?: Pick<V1ResourceRequirements, "requests" | "limits"> | undefined;
}

/** Overlays by kind of pod: `all` first, then the kind's own over it. */
export type PodOverlays = Readonly<Partial<Record<"all" | PodKind, PodOverlay | undefined>>>;
