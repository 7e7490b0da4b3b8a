import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "./cluster-access";
import { isContent } from "./kubeconfig";

/** Providers of one cluster. */
export interface Providers {
  /** For all objects: they must not exist yet. */
  readonly kubernetes: k8s.Provider;
  /** For claims that outlived an earlier life of the stack, and the namespace that they are in: it adopts what exists. */
  readonly adopting: k8s.Provider;
}

/**
 * The providers of a cluster, set up as the components need them.
 *
 * @param name of the provider; that of the adopting one has `-adopting` behind it.
 */
export function clusterProviders(
  name: string,
  { kubeconfig, context }: ClusterAccess,
  opts?: pulumi.CustomResourceOptions,
): Providers {
  const target: k8s.ProviderArgs = {
    // Unset, Pulumi would hand KUBECONFIG on as if it were one path. The provider reads the variable itself, as kubectl does.
    kubeconfig: kubeconfigOf(kubeconfig),
    ...(context !== undefined && { context }),
    enableServerSideApply: true,
    // What this stack made is its own: a field that somebody else has set is taken back. Fields that are given away, to an autoscaler, are ignored changes.
    enablePatchForce: true,
    // A changed ConfigMap or Secret is updated: as a replacement it would be gone for a moment, and pods that start then would wait.
    enableConfigMapMutable: true,
    enableSecretMutable: true,
    deleteUnreachable: false,
  };
  return {
    kubernetes: new k8s.Provider(name, target, opts),
    adopting: new k8s.Provider(`${name}-adopting`, { ...target, upsertExistingObjects: true }, opts),
  };
}

/** A path is one of this machine's; a content has credentials in it. */
function kubeconfigOf(kubeconfig: string | undefined): pulumi.Input<string> {
  if (kubeconfig === undefined) return pulumi.output(undefined) as unknown as pulumi.Output<string>;
  return isContent(kubeconfig) ? pulumi.secret(kubeconfig) : kubeconfig;
}
