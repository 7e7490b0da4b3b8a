import type * as pulumi from "@pulumi/pulumi";
import { PART_OF } from "./part-of";
import type { PodOverlays } from "./pod-overlays";

/** The namespace and the owner of a stack's objects. */
export interface Scope {
  /** Namespace of the objects. */
  readonly namespace: pulumi.Input<string>;
  /** Identifies this stack's objects: the value of `app.kubernetes.io/instance`, usually the stack's name. */
  readonly instance: string;
  /**
   * Name of the namespace's Secret with which pods pull their images. @default none: the registry needs no login, or nodes have their own identity
   */
  readonly pullSecret?: pulumi.Input<string> | undefined;
  /** Overlays of the pods, by kind. @default none */
  readonly pods?: PodOverlays | undefined;
}

/** The role of a pod; the value of `app.kubernetes.io/component`. */
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

/** The labels that select pods. They are immutable in a StatefulSet. */
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
    ...PART_OF,
    "app.kubernetes.io/managed-by": "pulumi",
  };
}

/**
 * Options of a child whose object has a fixed name. A replacement deletes the old object first, because two cannot share a name, a NodePort or a
 * directory. Objects with generated names are replaced the other way round.
 */
export const fixedName = (parent: pulumi.Resource) => ({ parent, deleteBeforeReplace: true });

/** Metadata of an object of the stack. Without a name Pulumi generates one, which a replacement needs. */
export function metadata(scope: Scope, role: Role, name?: string, annotations?: Record<string, string>) {
  return {
    ...(name !== undefined && { name }),
    namespace: scope.namespace,
    labels: labels(scope.instance, role),
    ...(annotations && { annotations }),
  };
}
