import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { allowIngress } from "../kubernetes/allow-ingress";
import { fixedName, labels, metadata, selector, type Role, type Scope } from "../kubernetes/scope";
import type { MountedFiles } from "../pods/mounted-files";
import {
  podDefaults,
  restrictedContainer,
  restrictedPod,
  terminationMessage,
  SERVICES_UID,
} from "../kubernetes/security";
import { podMetadata, podSpec } from "../pods/overlay";
import { httpProbe, SERVICE_PROBES } from "../pods/probes";

/** A service's port, size and resources. */
export interface WebServiceSpec {
  /** Number of pods without autoscaling. */
  readonly replicas: number;
  /** NodePort, when the type is NodePort. */
  readonly nodePort: number;
  /** Requests and limits of a pod. */
  readonly resources: k8s.types.input.core.v1.ResourceRequirements;
}

/** Autoscaling by CPU use. */
export interface Autoscaling {
  /** Minimum number of pods. */
  readonly min: number;
  /** Maximum number of pods. */
  readonly max: number;
  /** Target for the mean CPU use, in percent of the request. */
  readonly cpuPercent: number;
}

/** Arguments of a service. */
export interface WebServiceArgs extends Scope, WebServiceSpec {
  /** The role of its pods. */
  readonly role: Role;
  /** The services image. */
  readonly image: pulumi.Input<string>;
  /** Command of its container. */
  readonly command: readonly string[];
  /** Port that it listens on and that the Service offers. */
  readonly port: number;
  /** Type of its Service. */
  readonly serviceType: "NodePort" | "ClusterIP" | "LoadBalancer";
  /** Environment of its container. */
  readonly env: readonly k8s.types.input.core.v1.EnvVar[];
  /** Name of a Secret that is mounted at /etc/kchat. @default none */
  readonly secret?: pulumi.Input<string> | undefined;
  /** Further files of its container, with the variables that point to them. @default none */
  readonly files?: readonly MountedFiles[] | undefined;
  /** Autoscaling instead of a fixed number of pods. @default none */
  readonly autoscaling?: Autoscaling | undefined;
}

/** A stateless HTTP service: Deployment, Service, PodDisruptionBudget, NetworkPolicy and, on request, autoscaling. */
export class WebService extends pulumi.ComponentResource {
  constructor(name: string, args: WebServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:kchat:WebService", name, {}, opts);
    const { role, port, autoscaling } = args;
    const matchLabels = selector(args.instance, role);
    const child = fixedName(this);
    const access = allowIngress(`${name}-access`, args, role, [{ ports: [port], from: "anyone" }], child);
    const deployment = new k8s.apps.v1.Deployment(
      name,
      {
        metadata: metadata(args, role, role),
        spec: {
          // The autoscaler changes it. Without a number it would be reset to one pod when autoscaling is switched on.
          replicas: autoscaling?.min ?? args.replicas,
          selector: { matchLabels },
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          template: {
            metadata: podMetadata(args, role, { labels: labels(args.instance, role) }),
            spec: podSpec(args, role, pod(args)),
          },
        },
      },
      {
        ...child,
        dependsOn: access,
        customTimeouts: { create: "10m", update: "10m" },
        ...(autoscaling && { ignoreChanges: ["spec.replicas"] }),
      },
    );
    new k8s.core.v1.Service(
      `${name}-service`,
      {
        metadata: metadata(args, role, role),
        spec: {
          type: args.serviceType,
          selector: matchLabels,
          ports: [{ name: "http", port, ...(args.serviceType === "NodePort" && { nodePort: args.nodePort }) }],
        },
      },
      { ...child, dependsOn: deployment },
    );
    if (autoscaling || args.replicas > 1) {
      new k8s.policy.v1.PodDisruptionBudget(
        `${name}-budget`,
        { metadata: metadata(args, role, role), spec: { maxUnavailable: 1, selector: { matchLabels } } },
        child,
      );
    }
    if (autoscaling) this.autoscaler(name, args, autoscaling);
    this.registerOutputs({});
  }

  private autoscaler(name: string, args: WebServiceArgs, limits: NonNullable<WebServiceArgs["autoscaling"]>) {
    new k8s.autoscaling.v2.HorizontalPodAutoscaler(
      `${name}-autoscaler`,
      {
        metadata: metadata(args, args.role, args.role),
        spec: {
          scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: args.role },
          minReplicas: limits.min,
          maxReplicas: limits.max,
          metrics: [
            {
              type: "Resource",
              resource: { name: "cpu", target: { type: "Utilization", averageUtilization: limits.cpuPercent } },
            },
          ],
        },
      },
      fixedName(this),
    );
  }
}

function pod(args: WebServiceArgs): k8s.types.input.core.v1.PodSpec {
  const matchLabels = selector(args.instance, args.role);
  const files = args.files ?? [];
  const spread = { labelSelector: { matchLabels }, topologyKey: "kubernetes.io/hostname" };
  return {
    ...podDefaults(args),
    securityContext: restrictedPod(SERVICES_UID),
    terminationGracePeriodSeconds: 30,
    affinity: {
      podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: spread }] },
    },
    containers: [
      {
        name: args.role,
        image: args.image,
        command: [...args.command],
        env: [...args.env, ...files.flatMap(({ env }) => env ?? [])],
        ports: [{ name: "http", containerPort: args.port }],
        resources: args.resources,
        ...terminationMessage,
        securityContext: restrictedContainer,
        startupProbe: httpProbe(SERVICE_PROBES, "startup", "/healthz", args.port),
        readinessProbe: httpProbe(SERVICE_PROBES, "readiness", "/readyz", args.port),
        livenessProbe: httpProbe(SERVICE_PROBES, "liveness", "/healthz", args.port),
        volumeMounts: [
          ...(args.secret === undefined ? [] : [{ name: "secret", mountPath: "/etc/kchat", readOnly: true }]),
          ...files.map(({ mount }) => mount),
        ],
      },
    ],
    volumes: [
      ...(args.secret === undefined ? [] : [{ name: "secret", secret: { secretName: args.secret } }]),
      ...files.map(({ volume }) => volume),
    ],
  };
}
