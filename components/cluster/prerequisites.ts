import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../kubernetes/cluster-access";
import { SecuredNamespace } from "../kubernetes/namespace";
import { clusterProviders } from "../kubernetes/providers";
import type { Scope } from "../kubernetes/scope";
import type { PodOverlays } from "../kubernetes/pod-overlays";
import { PullSecret } from "../registry/pull-secret";
import type { ResolvedCluster } from "./resolve";
import { buildImages, registryOf, type ImageBuild, type KafkaImages } from "./images";

/** Where a cluster is, whose it is, and what it runs. */
export interface PrerequisiteArgs {
  /** Images that exist, or how they are built. */
  readonly images: KafkaImages | ImageBuild;
  /** Namespace of the cluster, whose name is known once it exists. @default one of its own, called as the component is, which takes in no pods but restricted ones and no connection that the cluster does not need */
  readonly namespace?: pulumi.Input<string> | undefined;
  /** What tells this cluster's objects from another's in its namespace: the value of `app.kubernetes.io/instance`. @default the stack's name */
  readonly instance?: string | undefined;
  /** Name of the Secret of the namespace with which pods pull their images. @default one that is made where `images.registry` has a password, else none */
  readonly pullSecret?: pulumi.Input<string> | undefined;
  /** What is laid over the pods, by kind: tolerations, sidecars and the like. What would break a server is refused. @default nothing */
  readonly pods?: PodOverlays | undefined;
  /**
   * Provider for claims that outlive the stack, and for the namespace that they are in: it adopts what exists (`upsertExistingObjects`), so that a stack which was destroyed
   * finds its data when it is brought up again. @default the component's own; with a provider in the options, that one
   */
  readonly adopting?: k8s.Provider | undefined;
  /**
   * The Kubernetes cluster. The component makes its providers from it, unless it is given one in its options; then it must be the cluster of that one. In it, volumes that
   * are `Released` are freed for their new claims, Jobs that an interrupted run left at work are ended, and what an earlier run prepared is prepared again before
   * servers leave or restart. @default the current context of the kubeconfig; with a provider in the options, none of it is done
   */
  readonly cluster?: ClusterAccess | undefined;
}

/** The same with every default filled in. */
export interface Prerequisites extends Scope, Pick<PrerequisiteArgs, "adopting" | "cluster"> {
  readonly images: KafkaImages;
  /** Options that give children the component's own providers, if it has any. */
  readonly providers: { readonly providers?: pulumi.ProviderResource[] };
}

/** Makes what a cluster stands on and was not given: providers, namespace, images and the Secret that they are pulled with. */
export function resolvePrerequisites(
  parent: pulumi.ComponentResource,
  { name, prefix }: { readonly name: string; readonly prefix: string },
  given: PrerequisiteArgs,
  { version, brokers, controllers, zookeeper }: ResolvedCluster,
): Prerequisites {
  const own = parent.getProvider("kubernetes:core/v1:Namespace") === undefined;
  const cluster = own ? (given.cluster ?? {}) : given.cluster;
  const made = own ? clusterProviders(`${prefix}kubernetes`, given.cluster ?? {}, { parent }) : undefined;
  const adopting = given.adopting ?? made?.adopting;
  const providers = made ? { providers: [made.kubernetes] } : {};
  const instance = given.instance ?? pulumi.getStack();
  const pools = [brokers, ...(zookeeper ? [zookeeper] : typeof controllers === "object" ? [controllers] : [])];
  const kept = pools.some(({ storage }) => storage.type === "storageClass" && storage.whenDeleted === "retain");
  const namespace =
    given.namespace ??
    new SecuredNamespace(
      `${prefix}namespace`,
      { name, instance, retain: kept, cluster },
      // Not by whether claims are kept now: Pulumi replaces what another provider manages.
      { parent, ...providers, ...(adopting && { providers: [adopting] }) },
    ).namespace;
  const images = "registry" in given.images ? buildImages(prefix, given.images, version, { parent }) : given.images;
  return { images, namespace, instance, adopting, cluster, providers, pullSecret: given.pullSecret ?? pullSecret() };

  function pullSecret(): pulumi.Output<string> | undefined {
    if (!("registry" in given.images)) return undefined;
    const { pullAddress, username, password } = registryOf(given.images);
    if (username === undefined || password === undefined) return undefined;
    const args = { namespace, instance, pullAddress, username, password };
    return new PullSecret(`${prefix}registry-pull`, args, { parent, ...providers }).secretName;
  }
}
