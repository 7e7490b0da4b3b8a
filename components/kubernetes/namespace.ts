import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ClusterUnreachable } from "./ask";
import type { ClusterAccess } from "./cluster-access";
import { foreign, OWNER, type Owner } from "./owner";
import { PART_OF } from "./part-of";
import { fixedName } from "./scope";

/** A PodSecurity standard. @see https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export type PodSecurity = "restricted" | "baseline" | "privileged";

/** Arguments of a namespace. */
export interface SecuredNamespaceArgs {
  /** Name of the namespace. */
  readonly name: string;
  /** Value of `app.kubernetes.io/instance`. */
  readonly instance: string;
  /** The enforced PodSecurity standard. @default restricted */
  readonly podSecurity?: PodSecurity;
  /** Whether the namespace and its content outlive the stack, because it holds claims with data. @default false */
  readonly retain?: boolean;
  /** The provider's cluster, to check that nobody else created the namespace. @default no check: only the provider refuses an existing one */
  readonly cluster?: ClusterAccess | undefined;
}

/**
 * A namespace that enforces a PodSecurity standard and denies all connections that no other policy allows. An annotation names its stack. A namespace
 * of another stack or person is refused, because this stack would label it, close it to traffic and delete it.
 */
export class SecuredNamespace extends pulumi.ComponentResource {
  /** Name of the namespace, known once it exists. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: SecuredNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:kubernetes:SecuredNamespace", name, {}, opts);
    const common = {
      "app.kubernetes.io/instance": args.instance,
      ...PART_OF,
      "app.kubernetes.io/managed-by": "pulumi",
    };
    const owner = { owner: `${pulumi.getProject()}/${pulumi.getStack()}`, instance: args.instance };
    const hook = args.cluster && foreignHook(`${name}-foreign`, args.cluster, owner);
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
        // A stack that was renamed would change the mark, and replace every object, as labels of pods cannot change.
        ...(hook && { hooks: { beforeCreate: [hook], beforeUpdate: [hook] } }),
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

/** A hook that refuses a namespace that somebody else created, or this stack under another name. */
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
        await pulumi.log.warn(`${error.message}; up refuses namespaces of others`);
      }
      if (reason !== undefined) throw new Error(reason);
    },
    { onDryRun: true },
  );
}
