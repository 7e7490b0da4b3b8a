import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { tlsFiles } from "../certificates/tls-files";
import type { Authentication } from "../kafka/settings";
import { fixedName, labels, metadata, selector, type Scope } from "../kubernetes/scope";
import {
  podDefaults,
  restrictedContainer,
  restrictedPod,
  terminationMessage,
  SERVICES_UID,
} from "../kubernetes/security";
import { podMetadata, podSpec } from "../pods/overlay";
import { METRICS_PORT, PAGE_PORT, PAGE_VARIABLE } from "../kubernetes/ports";

/** The lag exporter's image and its source. */
export interface LagSource {
  /** The services image. */
  readonly image: pulumi.Input<string>;
  /** Bootstrap address of the brokers. */
  readonly bootstrap: pulumi.Input<string>;
  /** How it authenticates to the brokers. @default not at all */
  readonly authentication?: Authentication | undefined;
  /** Whether it also shows the cluster on a page, at its pod's loopback address. @default false */
  readonly page?: boolean | undefined;
}

const ROLE = "lag-exporter";

/**
 * Command of its container. Positions of groups are in memory outside V8's heap: with 1,000 groups that each consume 10,000 partitions they take 80
 * MB.
 */
export const LAG_COMMAND = ["node", "--max-old-space-size=48", "/app/lag.js"] as const;

/**
 * {@link LAG_COMMAND} with the page of the cluster, which holds the metadata of all partitions once more while somebody looks. How much that takes is an
 * estimate.
 */
export const PAGE_COMMAND = ["node", "--max-old-space-size=96", "/app/lag.js"] as const;

/** Memory limit: a third more than its maximum of 288 MiB with 1,000 groups that each consume 10,000 partitions (`npm run bench -- lag`). */
export const LAG_MEMORY_LIMIT = "384Mi";

/** {@link LAG_MEMORY_LIMIT} with the page of the cluster. */
export const PAGE_MEMORY_LIMIT = "448Mi";

const resources = (memory: string) => ({
  requests: { cpu: "50m", memory: "128Mi", "ephemeral-storage": "16Mi" },
  limits: { memory, "ephemeral-storage": "64Mi" },
});

/** Measures the lag of each consumer group, in records and in seconds. It only reads from brokers. */
export class LagExporter extends pulumi.ComponentResource {
  constructor(name: string, args: Scope & LagSource, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:monitoring:LagExporter", name, {}, opts);
    new k8s.apps.v1.Deployment(
      name,
      {
        metadata: metadata(args, ROLE, ROLE),
        spec: {
          replicas: 1,
          selector: { matchLabels: selector(args.instance, ROLE) },
          template: {
            metadata: podMetadata(args, ROLE, { labels: labels(args.instance, ROLE) }),
            spec: podSpec(args, ROLE, pod(args)),
          },
        },
      },
      { ...fixedName(this), customTimeouts: { create: "10m", update: "10m" } },
    );
    this.registerOutputs({});
  }
}

function pod(args: Scope & LagSource): k8s.types.input.core.v1.PodSpec {
  const tls = args.authentication === "tls" ? [tlsFiles(ROLE)] : [];
  const probe = (path: string, periodSeconds: number, failureThreshold: number) => ({
    httpGet: { path, port: METRICS_PORT },
    timeoutSeconds: 5,
    periodSeconds,
    failureThreshold,
  });
  return {
    ...podDefaults(args),
    securityContext: restrictedPod(SERVICES_UID),
    containers: [
      {
        name: ROLE,
        image: args.image,
        command: [...(args.page ? PAGE_COMMAND : LAG_COMMAND)],
        env: [
          { name: "KAFKA_BOOTSTRAP_ADDRESS", value: args.bootstrap },
          { name: "LAG_PORT", value: String(METRICS_PORT) },
          // No port of the container: nothing but the pod itself reaches it.
          ...(args.page ? [{ name: PAGE_VARIABLE, value: String(PAGE_PORT) }] : []),
          ...tls.map(({ env }) => env),
        ],
        ports: [{ name: "metrics", containerPort: METRICS_PORT }],
        resources: resources(args.page ? PAGE_MEMORY_LIMIT : LAG_MEMORY_LIMIT),
        ...terminationMessage,
        securityContext: restrictedContainer,
        startupProbe: probe("/healthz", 1, 60),
        // Ready once Kafka has answered for the first time.
        readinessProbe: probe("/readyz", 5, 3),
        livenessProbe: probe("/healthz", 20, 6),
        ...(tls.length > 0 && { volumeMounts: tls.map(({ mount }) => mount) }),
      },
    ],
    ...(tls.length > 0 && { volumes: tls.map(({ volume }) => volume) }),
  };
}
