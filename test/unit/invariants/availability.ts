import type { V1LabelSelector, V1NetworkPolicySpec, V1PodDisruptionBudgetSpec } from "@kubernetes/client-node";
import { METRICS_PORT } from "../../../components/kubernetes/ports";
import { waitsFor } from "../../support/graph";
import { called, objects, roleOf, workloads, type KubernetesObject, type Workload } from "../../support/objects";
import type { Recording } from "../../support/recording";
import { draft, inputsOf, inside, type Invariants } from "./invariant";

const selects = (selector: V1LabelSelector | undefined, labels: Readonly<Record<string, string>> = {}): boolean =>
  Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value);

const sameNamespace = (one: KubernetesObject, other: KubernetesObject): boolean =>
  one.metadata.namespace === other.metadata.namespace;

/** Whether a NetworkPolicy lets anybody scrape metrics. */
const isScraped = (recording: Recording): boolean =>
  objects(recording, "NetworkPolicy").some(({ spec }) =>
    ((spec as unknown as V1NetworkPolicySpec).ingress ?? []).some(({ ports = [] }) =>
      ports.some(({ port }) => port === METRICS_PORT),
    ),
  );

/** Workloads with possibly more than one pod. */
function replicated(recording: Recording): Workload[] {
  const scaled = objects(recording, "HorizontalPodAutoscaler").map(
    ({ spec }) => (spec["scaleTargetRef"] as { name?: string }).name,
  );
  return workloads(recording, "StatefulSet", "Deployment").filter(
    ({ kind, replicas, metadata }) => kind === "StatefulSet" || replicas > 1 || scaled.includes(metadata.name),
  );
}

const skipsAwait = ({ metadata }: KubernetesObject): boolean =>
  metadata.annotations?.["pulumi.com/skipAwait"] === "true";

/** Invariants of availability: the stack stays available, updates end, the network stays closed. */
export const availability: Invariants = {
  "every StatefulSet and every Deployment of several pods has a PodDisruptionBudget that lets drains end": {
    check: (recording) =>
      replicated(recording).flatMap((workload) => {
        const budgets = objects(recording, "PodDisruptionBudget").filter((budget) => {
          const { selector } = budget.spec as V1PodDisruptionBudgetSpec;
          return sameNamespace(budget, workload) && selects(selector, workload.template.metadata?.labels);
        });
        const [budget] = budgets;
        if (budget === undefined || budgets.length > 1) return [`${called(workload.resource)} has ${budgets.length}`];
        return budget.spec["maxUnavailable"] === 1 ? [] : [`${called(budget.resource)} does not allow one at a time`];
      }),
    breaks: (resources) => resources.splice(resources.indexOf(draft(resources, "PodDisruptionBudget")), 1),
  },
  "every Namespace enforces a PodSecurity standard, and all but the volumes' Jobs' the restricted one": {
    check: (recording) =>
      objects(recording, "Namespace").flatMap(({ resource, metadata }) => {
        const level = metadata.labels?.["pod-security.kubernetes.io/enforce"];
        return level === (resource.name === "volumes" ? "privileged" : "restricted")
          ? []
          : [`${called(resource)} enforces ${String(level)}`];
      }),
    breaks: (resources) =>
      delete inside(inputsOf(resources, "Namespace", "kafka"), "metadata", "labels")[
        "pod-security.kubernetes.io/enforce"
      ],
  },
  "every Namespace denies all connections that no other policy allows": {
    check: (recording) =>
      objects(recording, "Namespace").flatMap(({ resource, metadata }) => {
        const denies = objects(recording, "NetworkPolicy").some((policy) => {
          const { podSelector, policyTypes, ingress } = policy.spec as unknown as V1NetworkPolicySpec;
          const all = Object.keys(podSelector ?? {}).length === 0 && policyTypes?.includes("Ingress") === true;
          return policy.metadata.namespace === metadata.name && all && ingress === undefined;
        });
        return denies ? [] : [`${called(resource)} has no NetworkPolicy that denies by default`];
      }),
    breaks: (resources) =>
      (inside(inputsOf(resources, "NetworkPolicy", "kafka-default-deny"), "spec")["ingress"] = [{}]),
  },
  "every workload that serves has a NetworkPolicy that lets its clients in": {
    check: (recording) =>
      workloads(recording, "StatefulSet", "Deployment").flatMap((workload) => {
        // Its page is at the pod's loopback address, and it serves metrics where anybody may scrape them.
        if (roleOf(workload) === "lag-exporter" && !isScraped(recording)) return [];
        const open = objects(recording, "NetworkPolicy").some((policy) => {
          const { podSelector, ingress } = policy.spec as unknown as V1NetworkPolicySpec;
          const some = (ingress ?? []).length > 0 && sameNamespace(policy, workload);
          return some && selects(podSelector, workload.template.metadata?.labels);
        });
        return open ? [] : [`${called(workload.resource)} can be reached by nobody`];
      }),
    breaks: (resources) => (inside(inputsOf(resources, "NetworkPolicy", "broker-access"), "spec")["ingress"] = []),
  },
  "every Job has a deadline, and stays after its end: a deleted one looks like drift": {
    check: (recording) =>
      workloads(recording, "Job").flatMap(({ resource, spec }) =>
        typeof spec["activeDeadlineSeconds"] === "number" && spec["ttlSecondsAfterFinished"] === undefined
          ? []
          : [`${called(resource)} has no deadline, or is removed`],
      ),
    breaks: (resources) => delete inside(inputsOf(resources, "Job"), "spec")["activeDeadlineSeconds"],
  },
  "Pulumi waits longer for a Job than the Job's own deadline, and long enough for every StatefulSet and Deployment": {
    check: (recording) =>
      workloads(recording, "Job", "StatefulSet", "Deployment").flatMap(({ resource, spec }) => {
        const deadline = spec["activeDeadlineSeconds"];
        const least = typeof deadline === "number" ? deadline : 600;
        const { create = 0 } = resource.timeouts;
        return create >= least ? [] : [`${called(resource)} is given ${create} s, not ${least} s`];
      }),
    breaks: (resources) => (draft(resources, "StatefulSet").timeouts = {}),
  },
  "a Service that exists before its pods is not awaited": {
    check: (recording) =>
      objects(recording, "Service").flatMap((service) => {
        const selector = { matchLabels: service.spec["selector"] as Record<string, string> };
        const behind = workloads(recording, "StatefulSet", "Deployment").find(
          ({ template, ...workload }) =>
            sameNamespace(service, { ...workload }) && selects(withoutPod(selector), template.metadata?.labels),
        );
        if (!behind) return [`${called(service.resource)} selects nothing`];
        const later = waitsFor(recording, service.resource).has(behind.resource.urn);
        return later || skipsAwait(service) ? [] : [`${called(service.resource)} is awaited`];
      }),
    breaks: (resources) => delete inside(inputsOf(resources, "Service", "broker-bootstrap"), "metadata")["annotations"],
  },
  "a claim that is bound only once a pod uses it is not awaited": {
    check: (recording) =>
      objects(recording, "PersistentVolumeClaim").flatMap((claim) =>
        claim.spec["volumeName"] !== undefined || skipsAwait(claim) ? [] : [`${called(claim.resource)} is awaited`],
      ),
    breaks: (resources) => delete inside(inputsOf(resources, "PersistentVolumeClaim"), "spec")["volumeName"],
  },
  "every volume is retained when its claim is deleted": {
    check: (recording) =>
      objects(recording, "PersistentVolume").flatMap(({ resource, spec }) =>
        spec["persistentVolumeReclaimPolicy"] === "Retain" ? [] : [`${called(resource)} is deleted with its claim`],
      ),
    breaks: (resources) =>
      (inside(inputsOf(resources, "PersistentVolume"), "spec")["persistentVolumeReclaimPolicy"] = "Delete"),
  },
};

/** A Service of one pod selects it by a label that the StatefulSet controller adds. */
function withoutPod({ matchLabels }: V1LabelSelector): V1LabelSelector {
  return {
    matchLabels: Object.fromEntries(
      Object.entries(matchLabels ?? {}).filter(([key]) => key !== "statefulset.kubernetes.io/pod-name"),
    ),
  };
}
