import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { HEALTH_PORT, METRICS_PORT } from "../kubernetes/ports";
import { selector, type Role } from "../kubernetes/scope";
import { KAFKA_UID, podDefaults, restrictedContainer, restrictedPod, terminationMessage } from "../kubernetes/security";
import { overlayOf, podSpec, type PodScope } from "../pods/overlay";
import { httpProbe, SERVER_PROBES } from "../pods/probes";

/** How to spread the servers of a pool over nodes and zones. */
export interface Spread {
  /** Whether two servers of the pool may share a node when there is no other (`preferred`) or never (`required`). */
  readonly nodes: "preferred" | "required";
  /** Node label of the zones to spread over. @default no spreading over zones */
  readonly zoneLabel?: string | undefined;
}

/** Arguments common to the servers of all pools. */
export interface ServerPodArgs extends PodScope {
  /** Name of the Secret with which the image is pulled. @default none */
  readonly pullSecret?: pulumi.Input<string> | undefined;
  readonly role: Role;
  readonly image: pulumi.Input<string>;
  /** JVM heap such as `512m`; of fixed size, so that the JVM never asks for more later. */
  readonly heap: string;
  readonly resources: k8s.types.input.core.v1.ResourceRequirements;
  readonly spread: Spread;
  /** Seconds for a clean stop. */
  readonly terminationGracePeriodSeconds: number;
}

/** The part of a pod that is specific to one kind of server. */
export interface ServerContainer {
  readonly env: readonly k8s.types.input.core.v1.EnvVar[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts: readonly k8s.types.input.core.v1.VolumeMount[];
  /** Name of the ConfigMap that is mounted at /etc/kafka. */
  readonly configMap: pulumi.Input<string>;
  /** Volumes besides the ConfigMap, /tmp and the claims. */
  readonly volumes?: readonly k8s.types.input.core.v1.Volume[] | undefined;
  /** Init containers. @default none */
  readonly initContainers?: readonly k8s.types.input.core.v1.Container[] | undefined;
  /** Account whose token a projected volume may request; none is mounted automatically. @default the namespace's default account */
  readonly serviceAccountName?: pulumi.Input<string> | undefined;
}

/** Seconds for a clean stop of a role's servers, with the overlay of its pods. */
export const graceOf = (args: PodScope & Pick<ServerPodArgs, "role" | "terminationGracePeriodSeconds">): number =>
  overlayOf(args, args.role)?.terminationGracePeriodSeconds ?? args.terminationGracePeriodSeconds;

/**
 * The pod of a Kafka or ZooKeeper server: one container of the Kafka image under the PodSecurity standard `restricted`, with probes that start no
 * process.
 */
export function serverPod(args: ServerPodArgs, container: ServerContainer): k8s.types.input.core.v1.PodSpec {
  const grace = graceOf(args);
  return podSpec(args, args.role, {
    ...podDefaults(args),
    securityContext: restrictedPod(KAFKA_UID),
    terminationGracePeriodSeconds: grace,
    ...spreading(args),
    ...(container.serviceAccountName !== undefined && { serviceAccountName: container.serviceAccountName }),
    ...(container.initContainers && { initContainers: [...container.initContainers] }),
    containers: [
      {
        name: args.role,
        image: args.image,
        env: [
          { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
          { name: "POD_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
          { name: "KAFKA_HEAP_OPTS", value: `-Xms${args.heap} -Xmx${args.heap}` },
          ...container.env,
        ],
        ports: [
          ...container.ports,
          { name: "health", containerPort: HEALTH_PORT },
          { name: "metrics", containerPort: METRICS_PORT },
        ],
        resources: args.resources,
        ...terminationMessage,
        securityContext: restrictedContainer,
        // Delays shutdown while it would break min.insync.replicas or the quorum, for a part of the grace period. The server answers its own pod alone, so the kubelet cannot ask.
        lifecycle: {
          preStop: {
            exec: { command: ["leave.sh", String(Math.floor(grace / 4)), String(HEALTH_PORT)] },
          },
        },
        startupProbe: httpProbe(SERVER_PROBES, "startup", "/live", HEALTH_PORT),
        readinessProbe: httpProbe(SERVER_PROBES, "readiness", "/ready", HEALTH_PORT),
        livenessProbe: httpProbe(SERVER_PROBES, "liveness", "/live", HEALTH_PORT),
        volumeMounts: [
          { name: "config", mountPath: "/etc/kafka", readOnly: true },
          { name: "tmp", mountPath: "/tmp" },
          ...container.volumeMounts,
        ],
      },
    ],
    volumes: [
      { name: "config", configMap: { name: container.configMap } },
      { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
      ...(container.volumes ?? []),
    ],
  });
}

function spreading({ instance, role, spread }: ServerPodArgs) {
  const matchLabels = selector(instance, role);
  const term = { labelSelector: { matchLabels }, topologyKey: "kubernetes.io/hostname" };
  return {
    affinity: {
      podAntiAffinity:
        spread.nodes === "required"
          ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
          : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] },
    },
    ...(spread.zoneLabel !== undefined && {
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: spread.zoneLabel,
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: { matchLabels },
        },
      ],
    }),
  };
}
