import { delimiter, join } from "node:path";
import { stringify } from "yaml";
import type { Daemon } from "../daemons/daemon";
import { ensureCgroup } from "../host/cgroups";
import { ask } from "../host/http";
import type { Paths } from "../paths";
import { hostAddress, network, type NodePlan } from "../plan";
import { forgetContainers } from "../teardown/node";
import { containerd } from "./containerd";
import { apiServer, renderKubeconfig } from "./kubeconfig";
import type { Machine } from "./machine";
import { clientFiles, nodeCertificate } from "./pki";

/** The image of the container that holds a pod's namespaces. */
export const pauseImage = "docker.io/sandbox/pause:1";

/** Names of the daemons of a node, in the order of their start. */
export function nodeDaemons(node: NodePlan): { readonly containerd: string; readonly kubelet: string } {
  return { containerd: `containerd-${node.name}`, kubelet: nodeCertificate(node) };
}

/** A node's containerd. */
export function nodeContainerd(paths: Paths, node: NodePlan, machine: Machine): Daemon {
  const own = paths.node(node.name);
  const daemon = containerd({
    name: nodeDaemons(node).containerd,
    root: own.containerd,
    state: own.containerdState,
    socket: own.containerdSocket,
    config: join(paths.config, `containerd-${node.name}.toml`),
    snapshotter: machine.snapshotter,
    cri: { cniConfig: own.cniConfig, pauseImage },
  });
  return {
    ...daemon,
    prepare: () => forgetContainers(own),
    files: {
      ...daemon.files,
      [join(own.cniConfig, "10-sandbox.conflist")]: renderCniConfig(node, own.cniLeases, machine.mtu),
    },
  };
}

/**
 * Renders the pod network of a node: a veth pair per pod and a route to it. Without a bridge every packet passes through
 * the machine's routing, where kube-proxy's rules are, also between pods of one node and without the kernel's br_netfilter.
 */
export function renderCniConfig(node: NodePlan, leases: string, mtu: number): string {
  return JSON.stringify({
    cniVersion: "0.4.0",
    name: node.cgroup.replace("/", "-"),
    plugins: [
      {
        type: "ptp",
        mtu,
        ipam: {
          type: "host-local",
          dataDir: leases,
          ranges: [[{ subnet: node.podSubnet }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
    ],
  });
}

const systemPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** A node's kubelet. It is ready when its Node object is. */
export function kubelet(paths: Paths, node: NodePlan): Daemon {
  const own = paths.node(node.name);
  const name = nodeCertificate(node);
  const kubeconfig = join(paths.config, `${name}.kubeconfig`);
  const config = join(paths.config, `${name}.yaml`);
  const resolvConf = join(paths.config, "resolv.conf");
  const files = clientFiles(paths, "ca", "admin");
  return {
    name,
    command: join(paths.bin, "kube"),
    args: [
      "kubelet",
      `--config=${config}`,
      `--kubeconfig=${kubeconfig}`,
      `--root-dir=${own.kubelet}`,
      `--hostname-override=${node.name}`,
      `--node-ip=${node.address}`,
      `--node-labels=topology.kubernetes.io/region=sandbox,topology.kubernetes.io/zone=${node.zone}`,
    ],
    // Fixed, and not the caller's: another PATH would restart the kubelet.
    env: { PATH: [paths.kubeletBin, ...systemPath].join(delimiter) },
    prepare: () => {
      ensureCgroup(node.cgroup);
    },
    files: {
      [kubeconfig]: renderKubeconfig(paths, name),
      // For pods with dnsPolicy Default.
      [resolvConf]: `nameserver ${hostAddress}\n`,
      [config]: stringify({
        apiVersion: "kubelet.config.k8s.io/v1beta1",
        kind: "KubeletConfiguration",
        address: node.address,
        healthzBindAddress: node.address,
        authentication: {
          anonymous: { enabled: false },
          webhook: { enabled: true },
          x509: { clientCAFile: join(paths.pki, "ca.crt") },
        },
        authorization: { mode: "Webhook" },
        tlsCertFile: join(paths.pki, `${name}.crt`),
        tlsPrivateKeyFile: join(paths.pki, `${name}.key`),
        containerRuntimeEndpoint: `unix://${own.containerdSocket}`,
        cgroupDriver: "cgroupfs",
        // Two kubelets below one cgroup would kill each other's pods as orphans.
        cgroupRoot: `/${node.cgroup}`,
        failCgroupV1: false,
        failSwapOn: false,
        clusterDNS: [network.dnsService],
        clusterDomain: "cluster.local",
        resolvConf,
        podLogsDir: own.podLogs,
        volumePluginDir: join(own.kubelet, "volume-plugins"),
        // kube-proxy makes the chains that it needs.
        makeIPTablesUtilChains: false,
        serializeImagePulls: false,
        registryPullQPS: 0,
        // The disk is the machine's: the sandbox must not clean it up, and preloaded images cannot be pulled again.
        imageGCHighThresholdPercent: 100,
        imageGCLowThresholdPercent: 99,
        evictionHard: {
          "memory.available": "100Mi",
          "nodefs.available": "1%",
          "imagefs.available": "1%",
          "nodefs.inodesFree": "1%",
        },
      }),
    },
    ready: async (startedAt) => isReady((await ask(`${apiServer}/api/v1/nodes/${node.name}`, files))?.body, startedAt),
  };
}

/** Whether a Node object, as JSON, was reported ready after a time: the report of an earlier kubelet stays after its end. */
export function isReady(body: string | undefined, since: Date): boolean {
  if (!body) return false;
  const node = JSON.parse(body) as {
    status?: { conditions?: { type: string; status: string; lastHeartbeatTime: string }[] };
  };
  const ready = node.status?.conditions?.find(({ type }) => type === "Ready");
  // Kubernetes' timestamps are whole seconds.
  const earliest = Math.floor(since.getTime() / 1000) * 1000;
  return ready?.status === "True" && Date.parse(ready.lastHeartbeatTime) >= earliest;
}
