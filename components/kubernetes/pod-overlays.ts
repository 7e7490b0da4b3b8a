import type { V1Container, V1PodSpec, V1ResourceRequirements } from "@kubernetes/client-node";

/** Kinds of pods that an overlay is for. */
export const POD_KINDS = ["broker", "controller", "zookeeper", "kproducer", "kconsumer", "job"] as const;

/** A kind of pod: the servers, the two services of the chat, and what the Jobs run. */
export type PodKind = (typeof POD_KINDS)[number];

/** When a probe asks. What is not written stays as it is. */
export interface ProbeTiming {
  /** Seconds before it asks first. */
  readonly initialDelaySeconds?: number | undefined;
  /** Seconds from one question to the next. */
  readonly periodSeconds?: number | undefined;
  /** Seconds that an answer may take. */
  readonly timeoutSeconds?: number | undefined;
  /** Failures in a row after which it counts. */
  readonly failureThreshold?: number | undefined;
}

/**
 * What is laid over the pods of a kind: plain data, without outputs, so that all of it is checked before anything is made. Lists are merged as Kubernetes' strategic
 * merge does it, by what tells their entries apart; what the stack itself made stays.
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
  /** Nodes and pods that are sought or shunned. The stack's own spreading over nodes stays beside it. */
  readonly affinity?: V1PodSpec["affinity"];
  /** Spreading over zones and the like. Without a `labelSelector` an entry counts the pods of the same kind. */
  readonly topologySpreadConstraints?: V1PodSpec["topologySpreadConstraints"];
  /** PriorityClass of the pods. */
  readonly priorityClassName?: string | undefined;
  /** RuntimeClass of the pods. */
  readonly runtimeClassName?: string | undefined;
  /** ServiceAccount of the pods. Its token is mounted by a projected volume only. */
  readonly serviceAccountName?: string | undefined;
  /** Secrets with which images are pulled, beside the stack's own. */
  readonly imagePullSecrets?: V1PodSpec["imagePullSecrets"];
  /** When the stack's images are pulled: Always, IfNotPresent or Never. */
  readonly imagePullPolicy?: string | undefined;
  /** Further environment variables of the stack's container. */
  readonly env?: V1Container["env"];
  /** Further volumes. */
  readonly volumes?: V1PodSpec["volumes"];
  /** Where the stack's container finds them. */
  readonly volumeMounts?: V1Container["volumeMounts"];
  /** Containers that run before, or all the time with `restartPolicy: Always`. */
  readonly initContainers?: V1PodSpec["initContainers"];
  /** Containers beside the stack's. */
  readonly sidecars?: V1PodSpec["containers"] | undefined;
  /** Name servers, search domains and resolver options beside the cluster's. */
  readonly dnsConfig?: V1PodSpec["dnsConfig"];
  /** Lines of /etc/hosts. */
  readonly hostAliases?: V1PodSpec["hostAliases"];
  /** Security of the pod, as far as the PodSecurity standard `restricted` lets it be chosen. */
  readonly securityContext?: V1PodSpec["securityContext"];
  /** Seconds for a clean stop. Never fewer than without it. */
  readonly terminationGracePeriodSeconds?: number | undefined;
  /** When the probes of the stack's container ask. */
  readonly probes?:
    | {
        /** Whether it has started. */
        readonly startup?: ProbeTiming | undefined;
        /** Whether it may get connections. */
        readonly readiness?: ProbeTiming | undefined;
        /** Whether it is to be restarted. */
        readonly liveness?: ProbeTiming | undefined;
      }
    | undefined;
  /** Requests and limits of the stack's container beside CPU, memory and ephemeral storage, which have arguments of their own. */
  readonly resources?: Pick<V1ResourceRequirements, "requests" | "limits"> | undefined;
}

/** Overlays by kind of pod: `all` first, then the kind's own over it. */
export type PodOverlays = Readonly<Partial<Record<"all" | PodKind, PodOverlay | undefined>>>;
