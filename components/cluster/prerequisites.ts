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

/** A cluster's place, owner and images. */
export interface PrerequisiteArgs {
  /** Existing images, or how to build them. */
  readonly images: KafkaImages | ImageBuild;
  /**
   * Namespace of the cluster; its name is known once it exists. @default its own, with the component's name, which accepts only restricted pods and
   * only connections that the cluster needs
   */
  readonly namespace?: pulumi.Input<string> | undefined;
  /** Identifies this cluster's objects in its namespace: the value of `app.kubernetes.io/instance`. @default the stack's name */
  readonly instance?: string | undefined;
  /**
   * Name of the namespace's Secret with which pods pull their images. @default one that is created where `images.registry` has a password, else none
   */
  readonly pullSecret?: pulumi.Input<string> | undefined;
  /** Overlays of the pods, by kind: tolerations, sidecars and the like. An overlay that would break a server is refused. @default none */
  readonly pods?: PodOverlays | undefined;
  /**
   * Provider for claims that outlive the stack, and for their namespace: it adopts existing objects (`upsertExistingObjects`), so that a destroyed
   * stack finds its data when it is brought up again. @default the component's own; with a provider in the options, that one
   */
  readonly adopting?: k8s.Provider | undefined;
  /**
   * The Kubernetes cluster. The component creates its providers from it, unless its options contain one; then it must be that provider's cluster. In
   * it, `Released` volumes are freed for their new claims, running Jobs of an interrupted run are ended, and the preparation of an earlier run is
   * repeated before servers leave or restart. @default the current context of the kubeconfig; with a provider in the options, none of this is done
   */
  readonly cluster?: ClusterAccess | undefined;
}

/** The same with every default filled in. */
export interface Prerequisites extends Scope, Pick<PrerequisiteArgs, "adopting" | "cluster"> {
  readonly images: KafkaImages;
  /** Options that give children the component's own providers, if it has any. */
  readonly providers: { readonly providers?: pulumi.ProviderResource[] };
}

/** Creates the prerequisites that were not given: providers, namespace, images and the Secret for pulling them. */
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
      // Independent of whether claims are retained now: Pulumi replaces objects whose provider changes.
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
