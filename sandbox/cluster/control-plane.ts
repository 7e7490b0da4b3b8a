import { join } from "node:path";
import { stringify } from "yaml";
import type { Daemon } from "../daemons/daemon";
import { ask } from "../host/http";
import type { Paths } from "../paths";
import { isServed, policyQueue } from "../network/policies";
import { hostAddress, network, type NodePlan } from "../plan";
import { apiServer, renderKubeconfig } from "./kubeconfig";
import { provisionerName } from "./manifests";
import { clientFiles } from "./pki";

const etcdUrl = `https://${hostAddress}:2379`;

/** etcd, with one member. */
export function etcd(paths: Paths): Daemon {
  const pki = (file: string) => join(paths.pki, file);
  const files = clientFiles(paths, "etcd-ca", "etcd-client");
  const peers = `https://${hostAddress}:2380`;
  return {
    name: "etcd",
    command: join(paths.bin, "kube"),
    args: [
      "etcd",
      "--name=sandbox",
      `--data-dir=${paths.etcd}`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      `--listen-peer-urls=${peers}`,
      `--initial-advertise-peer-urls=${peers}`,
      `--initial-cluster=sandbox=${peers}`,
      `--cert-file=${pki("etcd.crt")}`,
      `--key-file=${pki("etcd.key")}`,
      `--trusted-ca-file=${pki("etcd-ca.crt")}`,
      "--client-cert-auth",
      `--peer-cert-file=${pki("etcd.crt")}`,
      `--peer-key-file=${pki("etcd.key")}`,
      `--peer-trusted-ca-file=${pki("etcd-ca.crt")}`,
      "--peer-client-cert-auth",
      "--auto-compaction-retention=1",
      "--log-level=warn",
    ],
    ready: async () => (await ask(`${etcdUrl}/health`, files))?.status === 200,
  };
}

/** The API server. */
export function kubeApiserver(paths: Paths): Daemon {
  const pki = (file: string) => join(paths.pki, file);
  const files = clientFiles(paths, "ca", "admin");
  return {
    name: "kube-apiserver",
    command: join(paths.bin, "kube"),
    args: [
      "kube-apiserver",
      // Only on the sandbox's own bridge: other machines must not reach it.
      `--bind-address=${hostAddress}`,
      `--advertise-address=${hostAddress}`,
      "--secure-port=6443",
      `--etcd-servers=${etcdUrl}`,
      `--etcd-cafile=${pki("etcd-ca.crt")}`,
      `--etcd-certfile=${pki("etcd-client.crt")}`,
      `--etcd-keyfile=${pki("etcd-client.key")}`,
      `--tls-cert-file=${pki("apiserver.crt")}`,
      `--tls-private-key-file=${pki("apiserver.key")}`,
      `--client-ca-file=${pki("ca.crt")}`,
      `--kubelet-certificate-authority=${pki("ca.crt")}`,
      `--kubelet-client-certificate=${pki("apiserver-kubelet-client.crt")}`,
      `--kubelet-client-key=${pki("apiserver-kubelet-client.key")}`,
      "--kubelet-preferred-address-types=InternalIP",
      "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
      `--service-account-key-file=${pki("service-account.pub")}`,
      `--service-account-signing-key-file=${pki("service-account.key")}`,
      `--service-cluster-ip-range=${network.services}`,
      "--authorization-mode=Node,RBAC",
      "--enable-admission-plugins=NodeRestriction",
      "--anonymous-auth=false",
      "--allow-privileged=true",
      "--profiling=false",
    ],
    ready: async () => (await ask(`${apiServer}/readyz`, files))?.status === 200,
  };
}

/** The controller manager. */
export function kubeControllerManager(paths: Paths): Daemon {
  const kubeconfig = join(paths.config, "controller-manager.kubeconfig");
  return {
    name: "kube-controller-manager",
    command: join(paths.bin, "kube"),
    args: [
      "kube-controller-manager",
      `--bind-address=${hostAddress}`,
      `--kubeconfig=${kubeconfig}`,
      `--root-ca-file=${join(paths.pki, "ca.crt")}`,
      `--service-account-private-key-file=${join(paths.pki, "service-account.key")}`,
      `--cluster-signing-cert-file=${join(paths.pki, "ca.crt")}`,
      `--cluster-signing-key-file=${join(paths.pki, "ca.key")}`,
      "--use-service-account-credentials=true",
      // It creates this directory, which nothing uses; the default is outside the sandbox.
      `--flex-volume-plugin-dir=${join(paths.config, "flex-volumes")}`,
      "--leader-elect=false",
      "--profiling=false",
    ],
    files: { [kubeconfig]: renderKubeconfig(paths, "controller-manager") },
  };
}

/** The scheduler. */
export function kubeScheduler(paths: Paths): Daemon {
  const kubeconfig = join(paths.config, "scheduler.kubeconfig");
  return {
    name: "kube-scheduler",
    command: join(paths.bin, "kube"),
    args: [
      "kube-scheduler",
      `--bind-address=${hostAddress}`,
      `--kubeconfig=${kubeconfig}`,
      "--leader-elect=false",
      "--profiling=false",
    ],
    files: { [kubeconfig]: renderKubeconfig(paths, "scheduler") },
  };
}

/**
 * kube-proxy: one for all nodes, because they share one network stack. It serves NodePorts on the loopback address, from where docker
 * pushes to the registry and people reach the applications.
 */
export function kubeProxy(paths: Paths, nodes: readonly NodePlan[]): Daemon {
  const kubeconfig = join(paths.config, "proxy.kubeconfig");
  const config = join(paths.config, "proxy.yaml");
  const health = `${hostAddress}:10256`;
  return {
    name: "kube-proxy",
    command: join(paths.bin, "kube"),
    args: ["kube-proxy", `--config=${config}`],
    files: {
      [kubeconfig]: renderKubeconfig(paths, "proxy"),
      [config]: stringify({
        apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
        kind: "KubeProxyConfiguration",
        mode: "iptables",
        hostnameOverride: nodes[0]?.name,
        clusterCIDR: network.pods,
        clientConnection: { kubeconfig },
        nodePortAddresses: ["127.0.0.0/8", ...nodes.map(({ address }) => `${address}/32`)],
        bindAddress: hostAddress,
        healthzBindAddress: health,
        metricsBindAddress: `${hostAddress}:10249`,
        // Do not change the machine's connection tracking.
        conntrack: { maxPerCore: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
        // A removed endpoint should stop receiving connections at once.
        iptables: { minSyncPeriod: "100ms", syncPeriod: "30s" },
      }),
    },
    ready: async () => (await ask(`http://${health}/healthz`))?.status === 200,
  };
}

/** CoreDNS: names of the cluster from the API, all others from the resolvers of this machine. */
export function coreDns(paths: Paths): Daemon {
  const kubeconfig = join(paths.config, "dns.kubeconfig");
  const corefile = join(paths.config, "Corefile");
  const ready = `${hostAddress}:8181`;
  return {
    name: "coredns",
    command: join(paths.bin, "dns"),
    args: [`-conf=${corefile}`],
    files: {
      [kubeconfig]: renderKubeconfig(paths, "dns"),
      [corefile]: `.:53 {
  bind ${hostAddress}
  errors
  ready ${ready}
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    kubeconfig ${kubeconfig}
    pods insecure
    fallthrough in-addr.arpa ip6.arpa
    ttl 5
  }
  forward . /etc/resolv.conf
  cache 30 {
    disable success cluster.local
    disable denial cluster.local
  }
}
`,
    },
    ready: async () => (await ask(`http://${ready}/ready`))?.status === 200,
  };
}

/** The provisioner behind the storage class `standard`. */
export function provisioner(paths: Paths): Daemon {
  const kubeconfig = join(paths.config, "provisioner.kubeconfig");
  return {
    name: "provisioner",
    command: join(paths.bin, "provisioner"),
    args: [`-kubeconfig=${kubeconfig}`, `-name=${provisionerName}`, `-root=${paths.volumes}`],
    files: { [kubeconfig]: renderKubeconfig(paths, "provisioner") },
  };
}

/** The program that decides for the kernel whether NetworkPolicies allow a new connection: one for all nodes, because they share one network stack. */
export function netpol(paths: Paths): Daemon {
  const kubeconfig = join(paths.config, "netpol.kubeconfig");
  return {
    name: "netpol",
    command: join(paths.bin, "netpol"),
    args: [`-kubeconfig=${kubeconfig}`, `-queue=${policyQueue}`],
    files: { [kubeconfig]: renderKubeconfig(paths, "netpol") },
    ready: () => Promise.resolve(isServed(policyQueue)),
  };
}
