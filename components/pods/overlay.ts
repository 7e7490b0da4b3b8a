import type * as k8s from "@pulumi/kubernetes";
import { selector, type Role, type Scope } from "../kubernetes/scope";
import { restrictedContainer } from "../kubernetes/security";
import { strategicMerge } from "./merge";
import type { PodKind, PodOverlay } from "../kubernetes/pod-overlays";

type PodSpec = k8s.types.input.core.v1.PodSpec;
type Container = k8s.types.input.core.v1.Container;
type Metadata = Pick<k8s.types.input.meta.v1.ObjectMeta, "labels" | "annotations">;

/** What an overlay for a role needs to know. */
export type PodScope = Pick<Scope, "instance" | "pods">;

/** The overlay of a role, which comes after `all`. The exporter of lag has none of its own. */
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

/** Where a directory is made says the volume. What is in another namespace, such as Secrets and accounts, cannot be had there. */
const FOR_DIRECTORIES = ["labels", "annotations", "tolerations", "priorityClassName", "imagePullPolicy"] as const;

/** What stands in a pod as it does in an overlay. */
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

/** What is laid over the pods of a role; undefined when nothing is. */
export function overlayOf({ pods }: PodScope, role: Role): PodOverlay | undefined {
  const kind = KINDS[role];
  if (pods === undefined || kind === undefined) return undefined;
  const both = strategicMerge<PodOverlay>(pods.all ?? {}, kind === "all" ? undefined : pods[kind]);
  const overlay = role === "volumes" ? pick(both, FOR_DIRECTORIES) : both;
  return Object.values(overlay).some((value) => value !== undefined) ? overlay : undefined;
}

/** Labels and annotations of a pod of a role, with those of its overlay. */
export function podMetadata<T extends Metadata>(scope: PodScope, role: Role, own: T): T {
  const overlay = overlayOf(scope, role);
  return overlay ? strategicMerge(own, { labels: overlay.labels, annotations: overlay.annotations }) : own;
}

/** The pod of a role with what is laid over it. Without anything it is the very same. */
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
      // Without a selector Kubernetes would count no pod at all.
      topologySpreadConstraints: overlay.topologySpreadConstraints?.map((one) => ({
        labelSelector: { matchLabels },
        ...one,
      })),
      initContainers: overlay.initContainers?.map(secured),
      containers: overlay.sidecars?.map(secured),
    },
  );
}

/** A container of somebody else's under the PodSecurity standard `restricted`. */
const secured = <T extends { readonly securityContext?: unknown }>(container: T) => ({
  ...container,
  securityContext: strategicMerge<unknown>(restrictedContainer, container.securityContext),
});
