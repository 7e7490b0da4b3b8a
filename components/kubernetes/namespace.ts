import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { fixedName } from "./scope";

/** How much the pods of a namespace may ask for. @see https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export type PodSecurity = "restricted" | "baseline" | "privileged";

export interface SecuredNamespaceArgs {
  /** Name of the namespace. */
  readonly name: string;
  /** Value of `app.kubernetes.io/instance`. */
  readonly instance: string;
  /** The PodSecurity standard that is enforced. @default restricted */
  readonly podSecurity?: PodSecurity;
  /** Whether the namespace and what is in it outlive the stack, because it holds claims with data. @default false */
  readonly retain?: boolean;
}

/** A namespace that enforces a PodSecurity standard and lets no connection in that no other policy allows. */
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
    const namespace = new k8s.core.v1.Namespace(
      name,
      {
        metadata: {
          name: args.name,
          labels: {
            ...common,
            "app.kubernetes.io/name": "kafka-stack",
            "app.kubernetes.io/component": "namespace",
            "pod-security.kubernetes.io/enforce": args.podSecurity ?? "restricted",
          },
        },
      },
      { ...fixedName(this), retainOnDelete: args.retain ?? false },
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
