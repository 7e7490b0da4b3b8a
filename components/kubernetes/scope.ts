import type * as pulumi from "@pulumi/pulumi";
import type { PodOverlays } from "./pod-overlays";

/** Where the objects of a stack go and whose they are. */
export interface Scope {
  /** Namespace of the objects. */
  readonly namespace: pulumi.Input<string>;
  /** What tells this stack's objects from another's: the value of `app.kubernetes.io/instance`, usually the stack's name. */
  readonly instance: string;
  /** Name of the Secret of the namespace with which pods pull their images. @default none: the registry asks for nobody, or nodes have an identity of their own */
  readonly pullSecret?: pulumi.Input<string> | undefined;
  /** What is laid over the pods, by kind. @default nothing */
  readonly pods?: PodOverlays | undefined;
}

/** What a pod does; the value of `app.kubernetes.io/component`. */
export type Role =
  | "broker"
  | "controller"
  | "zookeeper"
  | "registry"
  | "kproducer"
  | "kconsumer"
  | "ops"
  | "volumes"
  | "client"
  | "monitoring"
  | "lag-exporter";

const NAMES: Record<Role, string> = {
  broker: "kafka",
  controller: "kafka",
  client: "kafka",
  zookeeper: "zookeeper",
  registry: "docker-registry",
  kproducer: "kchat",
  kconsumer: "kchat",
  ops: "kafka-ops",
  volumes: "kafka-volumes",
  monitoring: "kafka-monitoring",
  "lag-exporter": "kafka-lag-exporter",
};

/** The labels that pods are selected by. They may not change during the life of a StatefulSet. */
export function selector(instance: string, role: Role): Record<string, string> {
  return { "app.kubernetes.io/instance": instance, "app.kubernetes.io/component": role };
}

/**
 * The recommended labels that every object carries.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function labels(instance: string, role: Role): Record<string, string> {
  return {
    "app.kubernetes.io/name": NAMES[role],
    ...selector(instance, role),
    "app.kubernetes.io/part-of": "kafka-stack",
    "app.kubernetes.io/managed-by": "pulumi",
  };
}

/**
 * Options of a child whose object has a fixed name. When such an object is replaced, the old one goes first: two cannot have one name, nor one NodePort, nor one
 * directory. Objects without a name of their own are replaced the other way round.
 */
export const fixedName = (parent: pulumi.Resource) => ({ parent, deleteBeforeReplace: true });

/** Metadata of an object of the stack. Without a name Pulumi gives it one of its own, which a replacement needs. */
export function metadata(scope: Scope, role: Role, name?: string, annotations?: Record<string, string>) {
  return {
    ...(name !== undefined && { name }),
    namespace: scope.namespace,
    labels: labels(scope.instance, role),
    ...(annotations && { annotations }),
  };
}
