import * as pulumi from "@pulumi/pulumi";
import { isDeepStrictEqual } from "node:util";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import type { PrerequisiteArgs } from "./prerequisites";

/** A Kafka cluster and its place. */
interface Placed {
  /** Name of the component. */
  readonly name: string;
  /** Its namespace; one that is known only later cannot be compared. */
  readonly namespace: pulumi.Input<string>;
  /** The Kubernetes cluster, where the component creates its providers. */
  readonly cluster: ClusterAccess | undefined;
  /** The provider that the component was given. */
  readonly provider: pulumi.ProviderResource | undefined;
}

/** The clusters of each run of a program. A process may run several programs, as tests and Pulumi's Automation API do; each has its own monitor. */
const known = new WeakMap<object, Placed[]>();

/**
 * Refuses a second cluster in a namespace of the same Kubernetes cluster: its objects have fixed names.
 *
 * Two clusters with different providers, or one with a provider and one with `cluster`, may be on different Kubernetes clusters: they pass here, and
 * the API server refuses the objects of the second.
 *
 * @throws InputPropertiesError with the names of both.
 */
export function refuseSharedNamespace(
  component: pulumi.ComponentResource,
  name: string,
  { namespace = name, cluster }: Pick<PrerequisiteArgs, "namespace" | "cluster">,
): void {
  const provider = component.getProvider("kubernetes:core/v1:Namespace");
  const placed = { name, namespace, cluster, provider };
  const monitor = pulumi.runtime.getMonitor() as object | undefined;
  if (monitor === undefined) return;
  const others = known.get(monitor) ?? [];
  known.set(monitor, [...others, placed]);
  const other = others.find((each) => isSamePlace(each, placed));
  const shared = typeof namespace === "string" ? namespace : "";
  if (other === undefined) return;
  const message =
    `The cluster ${placed.name} is refused: namespace: ${shared} is that of the cluster ${other.name}; a namespace holds one cluster, as its objects have fixed names, such as the headless Service broker. ` +
    `With both, each update would overwrite the servers and claims of the other. Give ${placed.name} another \`namespace\`; the default is its own, with its name.`;
  throw new pulumi.InputPropertiesError({
    message,
    errors: [{ propertyPath: "namespace", reason: `is that of the cluster ${other.name}` }],
  });
}

function isSamePlace(one: Placed, other: Placed): boolean {
  if (typeof one.namespace !== "string" || one.namespace !== other.namespace) return false;
  return (
    one.provider === other.provider && (one.provider !== undefined || isDeepStrictEqual(one.cluster, other.cluster))
  );
}
