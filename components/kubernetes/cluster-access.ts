/** How to reach a cluster, in the terms of Pulumi's Kubernetes provider. */
export interface ClusterAccess {
  /** Path or content of a kubeconfig. @default the files that `KUBECONFIG` lists, merged, or ~/.kube/config */
  readonly kubeconfig?: string | undefined;
  /** Context of the kubeconfig. @default its current context */
  readonly context?: string | undefined;
}
