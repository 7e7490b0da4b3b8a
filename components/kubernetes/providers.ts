import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "./cluster-access";
import { isContent } from "./kubeconfig";

/** Providers of one cluster. */
export interface Providers {
  /** For all objects; refuses existing ones. */
  readonly kubernetes: k8s.Provider;
  /** For claims that outlived an earlier deployment of the stack, and their namespace: it adopts existing objects. */
  readonly adopting: k8s.Provider;
}

/**
 * The providers of a cluster, configured as the components need them.
 *
 * @param name of the provider; the adopting one's ends in `-adopting`.
 */
export function clusterProviders(
  name: string,
  { kubeconfig, context }: ClusterAccess,
  opts?: pulumi.CustomResourceOptions,
): Providers {
  const target: k8s.ProviderArgs = {
    // If this were unset, Pulumi would pass KUBECONFIG as if it were one path. The provider reads the variable itself, like kubectl.
    kubeconfig: kubeconfigOf(kubeconfig),
    ...(context !== undefined && { context }),
    enableServerSideApply: true,
    // The stack owns its objects: a field that somebody else set is reverted. Fields left to others, such as an autoscaler, are in ignoreChanges.
    enablePatchForce: true,
    // Changed ConfigMaps and Secrets are updated: during a replacement they would be missing for a moment, and starting pods would wait.
    enableConfigMapMutable: true,
    enableSecretMutable: true,
    deleteUnreachable: false,
  };
  return {
    kubernetes: new k8s.Provider(name, target, opts),
    adopting: new k8s.Provider(`${name}-adopting`, { ...target, upsertExistingObjects: true }, opts),
  };
}

/** A path belongs to this machine; content includes credentials. */
function kubeconfigOf(kubeconfig: string | undefined): pulumi.Input<string> {
  if (kubeconfig === undefined) return pulumi.output(undefined) as unknown as pulumi.Output<string>;
  return isContent(kubeconfig) ? pulumi.secret(kubeconfig) : kubeconfig;
}
