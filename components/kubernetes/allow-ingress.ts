import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { metadata, selector, type Role, type Scope } from "./scope";

/** A client: pods of other namespaces, or addresses outside the cluster. */
export type Peer =
  | {
      /** Their namespace. @default any that `namespaceLabels` select */
      readonly namespace?: string | undefined;
      /** Labels of their namespaces. @default no condition */
      readonly namespaceLabels?: Readonly<Record<string, string>> | undefined;
      /** Labels of the pods. @default all pods of those namespaces */
      readonly podLabels?: Readonly<Record<string, string>> | undefined;
    }
  | {
      /** A range of addresses, such as 10.20.0.0/16. */
      readonly cidr: string;
      /** Ranges within it that may not connect. @default none */
      readonly except?: readonly string[] | undefined;
    };

/** Ports of a pod, and who may reach them. */
export interface Allowed {
  /** TCP ports. */
  readonly ports: readonly number[];
  /** Roles in the stack's namespace that may connect; `namespace` for all its pods, `anyone` for connections from outside it too. */
  readonly from: readonly Role[] | "namespace" | "anyone";
  /** Further clients. @default none */
  readonly also?: readonly Peer[] | undefined;
}

/** A NetworkPolicy that lets in what is listed, and nothing else. */
export function allowIngress(
  name: string,
  scope: Scope,
  role: Role,
  rules: readonly Allowed[],
  opts: pulumi.CustomResourceOptions,
): k8s.networking.v1.NetworkPolicy {
  return new k8s.networking.v1.NetworkPolicy(
    name,
    {
      metadata: metadata(scope, role, role),
      spec: {
        podSelector: { matchLabels: selector(scope.instance, role) },
        policyTypes: ["Ingress"],
        ingress: rules.map(({ ports, from, also = [] }) => ({
          ports: ports.map((port) => ({ port, protocol: "TCP" })),
          ...(from !== "anyone" && { from: [...peers(scope, from), ...also.map(peer)] }),
        })),
      },
    },
    opts,
  );
}

function peers(scope: Scope, from: readonly Role[] | "namespace") {
  if (from === "namespace") return [{ podSelector: {} }];
  return from.map((role) => ({ podSelector: { matchLabels: selector(scope.instance, role) } }));
}

/** Kubernetes labels every namespace with its name. */
const NAMESPACE_NAME = "kubernetes.io/metadata.name";

/** @throws for a peer that names no namespace, because its labels would select pods of all. */
function peer(allowed: Peer): k8s.types.input.networking.v1.NetworkPolicyPeer {
  if ("cidr" in allowed) {
    return { ipBlock: { cidr: allowed.cidr, ...(allowed.except && { except: [...allowed.except] }) } };
  }
  const { namespace, namespaceLabels, podLabels } = allowed;
  const matchLabels = { ...namespaceLabels, ...(namespace !== undefined && { [NAMESPACE_NAME]: namespace }) };
  if (Object.keys(matchLabels).length === 0) {
    throw new Error(
      "a peer must name a namespace or labels of namespaces: without either it is every pod of the cluster",
    );
  }
  return {
    namespaceSelector: { matchLabels },
    ...(podLabels && { podSelector: { matchLabels: { ...podLabels } } }),
  };
}
