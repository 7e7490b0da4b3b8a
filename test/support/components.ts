import type { Recorded } from "./recording";
import { called } from "./objects";

/** Where components under test put their objects. */
export const SCOPE = { namespace: "kafka", instance: "test" };

/** An image by digest. */
export const IMAGE = `localhost:31500/image@sha256:${"a".repeat(64)}`;

/** Labels that pods of a component are selected by. */
export const selectorOf = (component: string) => ({
  "app.kubernetes.io/instance": "test",
  "app.kubernetes.io/component": component,
});

/** All labels of a component's objects. */
export const labelsOf = (component: string, name: string) => ({
  ...selectorOf(component),
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/part-of": "kafka-stack",
  "app.kubernetes.io/managed-by": "pulumi",
});

/** Restricted security of a pod whose containers run as a user. */
export const securityOf = (uid: number) => ({
  runAsNonRoot: true,
  runAsUser: uid,
  runAsGroup: uid,
  fsGroup: uid,
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
});

/** Restricted security of a container. */
export const RESTRICTED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** Requests and limits to hand to components. */
export const RESOURCES = {
  requests: { cpu: "250m", memory: "768Mi", "ephemeral-storage": "256Mi" },
  limits: { memory: "1Gi", "ephemeral-storage": "256Mi" },
};

/**
 * The one resource of a kind, by its name where there are several.
 *
 * @throws when there is none or more than one, naming what there is.
 */
export function one(resources: readonly Recorded[], kind: string, name?: string): Recorded {
  const found = resources.filter(
    (resource) => resource.type.endsWith(`:${kind}`) && (name === undefined || resource.name === name),
  );
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new Error(`there are ${found.length} of ${kind} ${name ?? ""} among: ${resources.map(called).join(", ")}`);
  }
  return first;
}

/** Types and names of all custom resources, sorted: what a component consists of. */
export const parts = (resources: readonly Recorded[]): string[] =>
  resources
    .filter(({ custom, remote }) => custom || remote)
    .map(called)
    .sort();
