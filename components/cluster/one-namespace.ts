import * as pulumi from "@pulumi/pulumi";
import { isDeepStrictEqual } from "node:util";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { isMocked } from "../kubernetes/mocks";
import type { PrerequisiteArgs } from "./prerequisites";

/** A Kafka cluster and its place. */
interface Placed {
  /** Name of the component. */
  readonly name: string;
  /** Its namespace; one that is an output is compared once it is known. */
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
 * Under Pulumi's mocks nothing is refused: unit tests of a program may set them once, and create the same cluster in each test.
 *
 * @returns the arguments for the component: a namespace that is known only later is an output that fails with the same error, so that nothing is
 *   created in it.
 * @throws InputPropertiesError with the names of both.
 */
export function refuseSharedNamespace<Args extends Pick<PrerequisiteArgs, "namespace" | "cluster">>(
  component: pulumi.ComponentResource,
  name: string,
  given: Args,
): Args {
  const { namespace = name, cluster } = given;
  const provider = component.getProvider("kubernetes:core/v1:Namespace");
  const placed = { name, namespace, cluster, provider };
  const monitor = pulumi.runtime.getMonitor() as object | undefined;
  if (monitor === undefined || isMocked(monitor)) return given;
  const others = known.get(monitor) ?? [];
  known.set(monitor, [...others, placed]);
  const near = others.filter((each) => isSameKubernetes(each, placed));
  const later = near.filter((each) => typeof namespace !== "string" || typeof each.namespace !== "string");
  for (const other of near) if (!later.includes(other)) refuseSame(placed, other, namespace, other.namespace);
  if (later.length === 0) return given;
  const compared = comparedLater(placed, later);
  // Without an argument the component creates its own, with a name that is text: the run fails all the same, by an output that nobody handles.
  return given.namespace === undefined ? given : { ...given, namespace: compared };
}

/**
 * A namespace that is compared with others once they are known. Those that are not known in a preview are not compared in it: this namespace stays
 * known, as its objects would else seem to be replaced.
 */
function comparedLater(placed: Placed, others: readonly Placed[]): pulumi.Output<string> {
  return pulumi.output(placed.namespace).apply(async (namespace) => {
    for (const other of others) refuseSame(placed, other, namespace, await valueOf(other.namespace));
    return namespace;
  });
}

/** Undefined while it is not known. */
async function valueOf(namespace: pulumi.Input<string>): Promise<string | undefined> {
  const output = pulumi.output(namespace) as unknown as { isKnown: Promise<boolean>; promise(): Promise<string> };
  return (await output.isKnown) ? output.promise() : undefined;
}

/** @throws InputPropertiesError when both namespaces are the same. */
function refuseSame(placed: Placed, other: Placed, namespace: unknown, taken: unknown): void {
  if (typeof namespace !== "string" || namespace !== taken) return;
  const message =
    `The cluster ${placed.name} is refused: namespace: ${namespace} is that of the cluster ${other.name}; a namespace holds one cluster, as its objects have fixed names, such as the headless Service broker. ` +
    `With both, each update would overwrite the servers and claims of the other. Give ${placed.name} another \`namespace\`; the default is its own, with its name.`;
  throw new pulumi.InputPropertiesError({
    message,
    errors: [{ propertyPath: "namespace", reason: `is that of the cluster ${other.name}` }],
  });
}

function isSameKubernetes(one: Placed, other: Placed): boolean {
  if (one.provider !== other.provider) return false;
  return one.provider !== undefined || isDeepStrictEqual(one.cluster ?? {}, other.cluster ?? {});
}
