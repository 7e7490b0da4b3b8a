import type { KubernetesResource } from "./resource";
import { Value } from "./value";

/** A resource that runs pods. */
export interface Workload {
  readonly resource: KubernetesResource;
  /** The resource's own spec, with `replicas` and the like. */
  readonly spec: Value;
  /** The spec of its pods. */
  readonly pod: Value;
  /** The labels of its pods. */
  readonly podLabels: Value;
  /** Every container of the pods, init containers first. */
  readonly containers: readonly Container[];
  /** True for pods that are to run for ever, false for those that are to end. */
  readonly longRunning: boolean;
}

/** A container of a pod. */
export interface Container {
  readonly name: string;
  readonly value: Value;
  /** True for an init container that is to end before the others start; false for a sidecar. */
  readonly init: boolean;
}

const longRunningKinds = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"];
const templateOfKind: Record<string, readonly string[]> = {
  Job: ["spec", "template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
  Pod: [],
  PodTemplate: ["template"],
  ...Object.fromEntries(longRunningKinds.map((kind) => [kind, ["spec", "template"]])),
};

/**
 * Reads a resource as a workload.
 *
 * @returns undefined when it runs no pods.
 */
export function workloadOf(resource: KubernetesResource): Workload | undefined {
  const path = /^(core|apps|batch|extensions)\//.test(resource.apiVersion) ? templateOfKind[resource.kind] : undefined;
  if (path === undefined) {
    return undefined;
  }
  const template = resource.properties.at(...path);
  const pod = template.at("spec");
  return {
    resource,
    spec: resource.properties.at("spec"),
    pod,
    podLabels: template.at("metadata", "labels"),
    containers: [...containers(pod, "initContainers"), ...containers(pod, "containers")],
    longRunning: longRunningKinds.includes(resource.kind),
  };
}

/**
 * The number of pods that a workload asks for; Kubernetes' default is one.
 *
 * @returns undefined while it is unknown, and for a DaemonSet, whose number is that of the nodes.
 */
export function replicasOf(workload: Workload): number | undefined {
  if (workload.resource.kind === "DaemonSet") {
    return undefined;
  }
  const replicas = workload.spec.at("replicas");
  return replicas.missing ? 1 : replicas.number;
}

function containers(pod: Value, list: "initContainers" | "containers"): Container[] {
  return pod
    .at(list)
    .items()
    .map((value, index) => ({
      name: value.at("name").text ?? `${list}[${index}]`,
      value,
      init: list === "initContainers" && value.at("restartPolicy").isNot("Always"),
    }));
}
