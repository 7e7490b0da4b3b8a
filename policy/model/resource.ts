import { isClusterScoped } from "../kubernetes-facts";
import type { Answer } from "./answer";
import { matchesAny } from "./pattern";
import { Value } from "./value";

/** A Kubernetes resource of a stack, or a Helm chart or release, in the form that rules read. */
export interface KubernetesResource {
  /** Pulumi's unique name of the resource. */
  readonly urn: string;
  /** The name of the Pulumi stack. */
  readonly stack: string;
  /** API group and version, such as `apps/v1`. */
  readonly apiVersion: string;
  /** `StatefulSet`, `Chart` … */
  readonly kind: string;
  /** The object's name; Pulumi's name for the resource while the object's is unknown or left to be generated. */
  readonly name: string;
  /** The object's namespace: `default` when none is given, empty for what has none, undefined while it is unknown. */
  readonly namespace: string | undefined;
  /** The properties: `metadata`, `spec` and so on. */
  readonly properties: Value;
}

/** What the Pulumi policy SDK passes of a resource to both resource and stack policies. */
export interface PulumiResource {
  readonly type: string;
  readonly urn: string;
  readonly name: string;
  readonly props: Record<string, unknown>;
}

/**
 * Reads a Pulumi resource as a Kubernetes resource.
 *
 * @returns undefined when it is not one.
 */
export function kubernetesResource(resource: PulumiResource): KubernetesResource | undefined {
  const [, apiVersion, kind] = /^kubernetes:([^:]+):([^:]+)$/.exec(resource.type) ?? [];
  if (apiVersion === undefined || kind === undefined) {
    return undefined;
  }
  const properties = Value.of(resource.props);
  const metadata = isHelm(apiVersion) ? properties : properties.at("metadata");
  const namespace = metadata.at("namespace");
  return {
    urn: resource.urn,
    stack: stackOf(resource.urn),
    apiVersion,
    kind,
    name: metadata.at("name").text ?? resource.name,
    namespace: isClusterScoped(kind) ? "" : namespace.missing ? "default" : namespace.text,
    properties,
  };
}

/** `StatefulSet kafka/broker`: how a message names a resource. */
export function display(resource: KubernetesResource): string {
  return `${resource.kind} ${qualifiedName(resource)}`;
}

/** `namespace/name`, or only the name of what has no namespace. */
function qualifiedName(resource: KubernetesResource): string {
  const { namespace = "(unknown)", name } = resource;
  return namespace === "" ? name : `${namespace}/${name}`;
}

/**
 * True when one of `patterns` names the resource: `namespace/name`, or only the name of what has no namespace, `*` for
 * any characters. While the namespace is unknown only the name is compared, so that a preview never reports more than the update.
 */
export function isNamedBy(patterns: readonly string[], resource: KubernetesResource): boolean {
  return resource.namespace === undefined
    ? matchesAny(
        patterns.map((pattern) => pattern.replace(/^[^/]*\//, "")),
        resource.name,
      )
    : matchesAny(patterns, qualifiedName(resource));
}

/** Whether two resources are in one namespace. */
export function inOneNamespace(one: KubernetesResource, other: KubernetesResource): Answer {
  return one.namespace === undefined || other.namespace === undefined ? undefined : one.namespace === other.namespace;
}

/** The label `app.kubernetes.io/component`, which says what role an object plays. */
export function componentOf(resource: KubernetesResource): string | undefined {
  return resource.properties.at("metadata", "labels", "app.kubernetes.io/component").text;
}

/** A URN is `urn:pulumi:<stack>::<project>::<type>::<name>`. */
function stackOf(urn: string): string {
  return urn.split("::")[0]?.replace(/^urn:pulumi:/, "") ?? "";
}

/** A Helm chart or release has its name and namespace at the top, not in metadata. */
function isHelm(apiVersion: string): boolean {
  return apiVersion.startsWith("helm.sh/");
}
