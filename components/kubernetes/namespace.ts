import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ClusterUnreachable } from "./ask";
import type { ClusterAccess } from "./cluster-access";
import { foreign, OWNER, type Owner } from "./owner";
import { fixedName } from "./scope";

/** How much the pods of a namespace may ask for. @see https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export type PodSecurity = "restricted" | "baseline" | "privileged";

/** What a namespace is made of. */
export interface SecuredNamespaceArgs {
  /** Name of the namespace. */
  readonly name: string;
  /** Value of `app.kubernetes.io/instance`. */
  readonly instance: string;
  /** The PodSecurity standard that is enforced. @default restricted */
  readonly podSecurity?: PodSecurity;
  /** Whether the namespace and what is in it outlive the stack, because it holds claims with data. @default false */
  readonly retain?: boolean;
  /** The provider's cluster, which is asked whether somebody else has made the namespace before. @default nobody is asked: only the provider refuses what exists */
  readonly cluster?: ClusterAccess | undefined;
}

/**
 * A namespace that enforces a PodSecurity standard and lets no connection in that no other policy allows. It says which stack made it, and one that another stack or
 * somebody else made is refused: it would be labelled, closed to traffic, and deleted with the stack.
 */
export class SecuredNamespace extends pulumi.ComponentResource {
  /** Name of the namespace, known once it exists. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: SecuredNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:kubernetes:SecuredNamespace", name, {}, opts);
    const common = {
      "app.kubernetes.io/instance": args.instance,
      "app.kubernetes.io/part-of": "kafka-stack",
      "app.kubernetes.io/managed-by": "pulumi",
    };
    const owner = { owner: `${pulumi.getProject()}/${pulumi.getStack()}`, instance: args.instance };
    const namespace = new k8s.core.v1.Namespace(
      name,
      {
        metadata: {
          name: args.name,
          annotations: { [OWNER]: owner.owner },
          labels: {
            ...common,
            "app.kubernetes.io/name": "kafka-stack",
            "app.kubernetes.io/component": "namespace",
            "pod-security.kubernetes.io/enforce": args.podSecurity ?? "restricted",
          },
        },
      },
      {
        ...fixedName(this),
        retainOnDelete: args.retain ?? false,
        ...(args.cluster && { hooks: { beforeCreate: [foreignHook(`${name}-foreign`, args.cluster, owner)] } }),
      },
    );
    this.namespace = namespace.metadata.name;
    new k8s.networking.v1.NetworkPolicy(
      `${name}-default-deny`,
      {
        metadata: {
          name: "default-deny",
          namespace: this.namespace,
          labels: { ...common, "app.kubernetes.io/name": "kafka-stack", "app.kubernetes.io/component": "namespace" },
        },
        spec: { podSelector: {}, policyTypes: ["Ingress"] },
      },
      fixedName(this),
    );
    this.registerOutputs({ namespace: this.namespace });
  }
}

/** A hook that refuses to make a namespace which somebody else has made. */
function foreignHook(name: string, access: ClusterAccess, owner: Owner): pulumi.ResourceHook {
  return new pulumi.ResourceHook(
    name,
    async ({ newInputs }) => {
      const { name: namespace } = (newInputs as { metadata: { name: string } }).metadata;
      let reason: string | undefined;
      try {
        reason = await foreign(access, namespace, owner);
      } catch (error) {
        if (!pulumi.runtime.isDryRun() || !(error instanceof ClusterUnreachable)) throw error;
        await pulumi.log.warn(`${error.message}; up refuses a namespace that others made`);
      }
      if (reason !== undefined) throw new Error(reason);
    },
    { onDryRun: true },
  );
}
