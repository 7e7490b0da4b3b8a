import type * as k8s from "@pulumi/kubernetes";
import { selector, type Role, type Scope } from "../kubernetes/scope";
import { restrictedContainer } from "../kubernetes/security";
import { strategicMerge } from "./merge";
import type { PodKind, PodOverlay } from "../kubernetes/pod-overlays";

type PodSpec = k8s.types.input.core.v1.PodSpec;
type Container = k8s.types.input.core.v1.Container;
type Metadata = Pick<k8s.types.input.meta.v1.ObjectMeta, "labels" | "annotations">;

/** The part of a scope that overlays need. */
export type PodScope = Pick<Scope, "instance" | "pods">;

/** The overlay of each role, after `all`. The lag exporter has none of its own. */
const KINDS: Readonly<Partial<Record<Role, PodKind | "all">>> = {
  broker: "broker",
  controller: "controller",
  zookeeper: "zookeeper",
  kproducer: "kproducer",
  kconsumer: "kconsumer",
  ops: "job",
  volumes: "job",
  "lag-exporter": "all",
};

/**
 * Fields for pods that create directories. The volume determines their node, and objects of the stack's namespace, such as Secrets and accounts, are
 * not available there.
 */
const FOR_DIRECTORIES = ["labels", "annotations", "tolerations", "priorityClassName", "imagePullPolicy"] as const;

/** Fields that an overlay and a pod have in the same form. */
const OF_PODS = [
  "tolerations",
  "nodeSelector",
  "affinity",
  "priorityClassName",
  "runtimeClassName",
  "serviceAccountName",
  "imagePullSecrets",
  "volumes",
  "dnsConfig",
  "hostAliases",
  "securityContext",
  "terminationGracePeriodSeconds",
] as const;

const pick = (overlay: PodOverlay, keys: readonly (keyof PodOverlay)[]): PodOverlay =>
  Object.fromEntries(keys.flatMap((key) => (overlay[key] === undefined ? [] : [[key, overlay[key]]])));

/** The overlay of a role's pods; undefined when there is none. */
export function overlayOf({ pods }: PodScope, role: Role): PodOverlay | undefined {
  const kind = KINDS[role];
  if (pods === undefined || kind === undefined) return undefined;
  const both = strategicMerge<PodOverlay>(pods.all ?? {}, kind === "all" ? undefined : pods[kind]);
  const overlay = role === "volumes" ? pick(both, FOR_DIRECTORIES) : both;
  return Object.values(overlay).some((value) => value !== undefined) ? overlay : undefined;
}

/** Labels and annotations of a role's pod, with those of its overlay. */
export function podMetadata<T extends Metadata>(scope: PodScope, role: Role, own: T): T {
  const overlay = overlayOf(scope, role);
  return overlay ? strategicMerge(own, { labels: overlay.labels, annotations: overlay.annotations }) : own;
}

/** A role's pod with its overlay. Without one it is unchanged. */
export function podSpec(scope: PodScope, role: Role, own: PodSpec): PodSpec {
  const overlay = overlayOf(scope, role);
  if (!overlay) return own;
  const { env, volumeMounts, imagePullPolicy, resources, probes } = overlay;
  const pulled = (container: Container) => strategicMerge(container, { imagePullPolicy });
  const [main, ...others] = own.containers as Container[];
  const container = strategicMerge(main, {
    env,
    volumeMounts,
    resources,
    // Containers of Jobs have no probes.
    ...(main?.startupProbe && { startupProbe: probes?.startup }),
    ...(main?.readinessProbe && { readinessProbe: probes?.readiness }),
    ...(main?.livenessProbe && { livenessProbe: probes?.liveness }),
  });
  const before = (own.initContainers ?? []) as Container[];
  const matchLabels = selector(scope.instance, role);
  return strategicMerge(
    {
      ...own,
      ...(before.length > 0 && { initContainers: before.map(pulled) }),
      containers: [...(container ? [container] : []), ...others].map(pulled),
    },
    {
      ...pick(overlay, OF_PODS),
      // Without a selector Kubernetes would count no pods.
      topologySpreadConstraints: overlay.topologySpreadConstraints?.map((one) => ({
        labelSelector: { matchLabels },
        ...one,
      })),
      initContainers: overlay.initContainers?.map(secured),
      containers: overlay.sidecars?.map(secured),
    },
  );
}

/** A user's container, made compliant with the PodSecurity standard `restricted`. */
const secured = <T extends { readonly securityContext?: unknown }>(container: T) => ({
  ...container,
  securityContext: strategicMerge<unknown>(restrictedContainer, container.securityContext),
});
