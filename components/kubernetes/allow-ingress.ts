import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { metadata, selector, type Role, type Scope } from "./scope";

/** Ports of a pod, and who may reach them. */
export interface Allowed {
  /** TCP ports. */
  readonly ports: readonly number[];
  /** Roles within the stack's namespace that may connect; `anyone` for connections from outside it too. */
  readonly from: readonly Role[] | "namespace" | "anyone";
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
        ingress: rules.map(({ ports, from }) => ({
          ports: ports.map((port) => ({ port, protocol: "TCP" })),
          ...(from !== "anyone" && { from: peers(scope, from) }),
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
