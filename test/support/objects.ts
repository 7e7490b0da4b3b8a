import type { V1Container, V1ObjectMeta, V1PodSpec, V1PodTemplateSpec } from "@kubernetes/client-node";
import type { Recorded, Recording } from "./recording";

/** A recorded Kubernetes object, in the form of the API. */
export interface KubernetesObject {
  readonly resource: Recorded;
  readonly kind: string;
  readonly metadata: V1ObjectMeta;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** A recorded object that runs pods. */
export interface Workload extends KubernetesObject {
  readonly template: V1PodTemplateSpec;
  readonly pod: V1PodSpec;
  /** Every container, init containers first. */
  readonly containers: readonly V1Container[];
  /** Whether its pods run until they are stopped. */
  readonly serves: boolean;
  /** Most pods at a time. */
  readonly replicas: number;
}

/** The package of a resource, such as `kubernetes`. */
export const packageOf = ({ type }: Recorded): string => type.split(":")[0] ?? "";

/** A resource's name for people: `StatefulSet broker`. */
export const called = ({ type, name }: Pick<Recorded, "type" | "name">): string =>
  `${type.split(":").at(-1) ?? type} ${name}`;

/** Every Kubernetes object that the program itself makes, without those of Helm charts. */
export function objects({ resources }: Pick<Recording, "resources">, ...kinds: string[]): KubernetesObject[] {
  return resources
    .filter(({ type, custom }) => custom && type.startsWith("kubernetes:") && !type.startsWith("kubernetes:helm.sh/"))
    .map((resource) => ({
      resource,
      kind: resource.type.split(":").at(-1) ?? "",
      metadata: (resource.inputs["metadata"] ?? {}) as V1ObjectMeta,
      spec: (resource.inputs["spec"] ?? {}) as Readonly<Record<string, unknown>>,
    }))
    .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind));
}

/** The role of an object's pods, such as `broker`; empty without one. */
export const roleOf = ({ template }: Pick<Workload, "template">): string =>
  template.metadata?.labels?.["app.kubernetes.io/component"] ?? "";

/** Every object that runs pods. */
export function workloads(recording: Pick<Recording, "resources">, ...kinds: string[]): Workload[] {
  return objects(recording, ...(kinds.length > 0 ? kinds : ["StatefulSet", "Deployment", "Job", "PodTemplate"])).map(
    (object) => {
      const template = (
        object.kind === "PodTemplate" ? object.resource.inputs["template"] : object.spec["template"]
      ) as V1PodTemplateSpec;
      const pod = template.spec ?? { containers: [] };
      return {
        ...object,
        template,
        pod,
        containers: [...(pod.initContainers ?? []), ...pod.containers],
        serves: object.kind === "StatefulSet" || object.kind === "Deployment",
        replicas: typeof object.spec["replicas"] === "number" ? object.spec["replicas"] : 1,
      };
    },
  );
}

/**
 * The one object of a kind with a name.
 *
 * @throws when there is none, with the names of those that exist.
 */
export function object(recording: Pick<Recording, "resources">, kind: string, name: string): KubernetesObject {
  const candidates = objects(recording, kind);
  const found = candidates.find(({ metadata, resource }) => metadata.name === name || resource.name === name);
  if (!found)
    throw new Error(`there is no ${kind} ${name} among: ${candidates.map((one) => one.resource.name).join(", ")}`);
  return found;
}
