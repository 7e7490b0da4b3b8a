import { createHash } from "node:crypto";

/**
 * Who has which address. All of it lies in 198.18.0.0/15, the range that RFC 2544 sets aside for tests of network devices: it collides neither
 * with the internet nor with common private networks or other local clusters.
 */
export const network = {
  range: "198.18.0.0/15",
  pods: "198.18.0.0/17",
  services: "198.18.128.0/18",
  /** First address of the services, by Kubernetes' convention that of the API. */
  apiService: "198.18.128.1",
  dnsService: "198.18.128.10",
  /** A bridge without ports that only carries the nodes' addresses; not every kernel has dummy devices. */
  nodes: { device: "kstack0", range: "198.18.255.0/24" },
  /** The bridge of docker's containers. */
  docker: { device: "kstack-docker", address: "198.19.0.1", prefix: 24 },
  /** Addresses of NFS servers, on the nodes' bridge. */
  nfs: "198.19.1.0/24",
} as const;

/** Address of the control plane and DNS: the sandbox's own, so that ports do not collide with others on the machine. */
export const hostAddress = "198.18.255.1";

/** Nodes that a sandbox can have. A node's pods have a /24 of the /17 for pods; the limit is lower than the number of subnets, for one machine's sake. */
export const maxNodes = 16;

/** Last number of the first node's address. */
const firstNodeAddress = 11;

/** Zones of nodes, round-robin. */
const zones = ["zone-a", "zone-b", "zone-c"] as const;

/** Names and addresses of one node. */
export interface NodePlan {
  /** From 0. */
  readonly index: number;
  /** Name of the Node object: `node-<index>`. */
  readonly name: string;
  /** Value of the label `topology.kubernetes.io/zone`. */
  readonly zone: string;
  readonly address: string;
  readonly podSubnet: string;
  /** cgroup below which the node keeps all its pods, without a leading slash. */
  readonly cgroup: string;
}

/**
 * Plans a node.
 *
 * @param root - the sandbox's directory, from which machine-wide names are derived
 */
export function planNode(index: number, root: string): NodePlan {
  return {
    index,
    name: `node-${index}`,
    zone: zones[index % zones.length] ?? zones[0],
    address: `198.18.255.${index + firstNodeAddress}`,
    podSubnet: `198.18.${index}.0/24`,
    cgroup: `${cgroupOf(root)}/node-${index}`,
  };
}

/**
 * Plans the nodes of a sandbox.
 *
 * @throws when the count is not one that a sandbox can have.
 */
export function planNodes(count: number, root: string): NodePlan[] {
  if (!Number.isInteger(count) || count < 1 || count > maxNodes) {
    throw new Error(`A sandbox can have from 1 to ${maxNodes} nodes, not ${count}.`);
  }
  return Array.from({ length: count }, (_, index) => planNode(index, root));
}

/** The cgroup of a sandbox, named by its directory so that two sandboxes never share one. */
export function cgroupOf(root: string): string {
  return `kafka-stack-${createHash("sha256").update(root).digest("hex").slice(0, 8)}`;
}
