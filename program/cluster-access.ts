import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { isContent } from "../components/kubernetes/kubeconfig";
import type { StackConfig } from "../config";

/**
 * The providers of the stack's cluster. A stack's objects must not exist yet, but for claims that outlived an earlier life of the stack: a provider of their own
 * adopts those.
 */
export function providersOf({ cluster }: StackConfig) {
  const target: k8s.ProviderArgs = {
    // Unset, Pulumi would hand KUBECONFIG on as if it were one path. The provider reads the variable itself, as kubectl does.
    kubeconfig: kubeconfigOf(cluster.kubeconfig),
    ...(cluster.context !== undefined && { context: cluster.context }),
    enableServerSideApply: true,
    // What this stack made is its own: a field that somebody else has set is taken back. Fields that are given away, to an autoscaler, are ignored changes.
    enablePatchForce: true,
    // A changed ConfigMap or Secret is updated: as a replacement it would be gone for a moment, and pods that start then would wait.
    enableConfigMapMutable: true,
    enableSecretMutable: true,
    deleteUnreachable: false,
  };
  return {
    kubernetes: new k8s.Provider("kubernetes", target),
    adopting: new k8s.Provider("kubernetes-adopting", { ...target, upsertExistingObjects: true }),
  };
}

/** A path is one of this machine's; a content has credentials in it. */
function kubeconfigOf(kubeconfig: string | undefined): pulumi.Input<string> {
  if (kubeconfig === undefined) return pulumi.output(undefined) as unknown as pulumi.Output<string>;
  return isContent(kubeconfig) ? pulumi.secret(kubeconfig) : kubeconfig;
}

/** Providers of the stack's cluster. */
export type Providers = ReturnType<typeof providersOf>;
