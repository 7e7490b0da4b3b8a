import { join } from "node:path";
import { run } from "../host/command";
import type { ClientFiles } from "../host/http";
import type { Paths } from "../paths";
import { hostAddress, network, type NodePlan } from "../plan";

/** Names of users, as certificates carry them and role bindings refer to them. */
export const users = {
  /** The API server as a client of the kubelets. */
  kubeletClient: "kube-apiserver-kubelet-client",
  dns: "sandbox:dns",
  provisioner: "sandbox:provisioner",
  netpol: "sandbox:netpol",
} as const;

/** Base name of a node's certificate and key. */
export function nodeCertificate(node: NodePlan): string {
  return `kubelet-${node.name}`;
}

/** Certificate files for the sandbox's own requests to a component. */
export function clientFiles(paths: Paths, authority: "ca" | "etcd-ca", name: string): ClientFiles {
  return {
    ca: join(paths.pki, `${authority}.crt`),
    cert: join(paths.pki, `${name}.crt`),
    key: join(paths.pki, `${name}.key`),
  };
}

/**
 * Makes missing certificates: one authority for the cluster and one for etcd, one certificate per component.
 * Every connection in the cluster needs one.
 */
export async function ensurePki(paths: Paths, nodes: readonly NodePlan[]): Promise<void> {
  const client = (name: string, commonName: string, ...organizations: string[]) => ({
    name,
    authority: "ca",
    commonName,
    organizations,
  });
  const request = {
    directory: paths.pki,
    authorities: ["ca", "etcd-ca"],
    certificates: [
      { name: "etcd", authority: "etcd-ca", commonName: "etcd", hosts: [hostAddress] },
      { name: "etcd-client", authority: "etcd-ca", commonName: "kube-apiserver" },
      {
        name: "apiserver",
        authority: "ca",
        commonName: "kube-apiserver",
        hosts: [
          ...[
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
            "kubernetes.default.svc.cluster.local",
            "localhost",
          ],
          ...[hostAddress, network.apiService, "127.0.0.1"],
        ],
      },
      client("apiserver-kubelet-client", users.kubeletClient),
      client("admin", "sandbox-admin", "system:masters"),
      client("controller-manager", "system:kube-controller-manager"),
      client("scheduler", "system:kube-scheduler"),
      client("proxy", "system:kube-proxy"),
      client("dns", users.dns),
      client("provisioner", users.provisioner),
      client("netpol", users.netpol),
      ...nodes.map((node) => ({
        ...client(nodeCertificate(node), `system:node:${node.name}`, "system:nodes"),
        hosts: [node.name, node.address],
      })),
    ],
    keyPairs: ["service-account"],
  };
  await run(join(paths.bin, "pki"), [], { input: JSON.stringify(request) });
}
