import { join, resolve } from "node:path";

/** The checkout that this file belongs to. */
export const checkout = resolve(__dirname, "..");

/** Directories and files of one node. */
export interface NodePaths {
  /** Everything of the node. */
  readonly root: string;
  /** containerd's persistent root: images and snapshots. */
  readonly containerd: string;
  /** containerd's runtime state; useless after a restart of the machine. */
  readonly containerdState: string;
  readonly containerdSocket: string;
  readonly kubelet: string;
  readonly podLogs: string;
  readonly cniConfig: string;
  /** Addresses given out to pods. */
  readonly cniLeases: string;
}

/** Directories and files of a sandbox, all below one directory that is never committed. */
export interface Paths {
  readonly root: string;
  /** Held by the command that works on the sandbox. */
  readonly lock: string;
  /** Built programs and the links `kubectl` and `helm`. */
  readonly bin: string;
  /** Results of slow steps, keyed by content: kept by every kind of `down`. */
  readonly cache: string;
  /** One log file per daemon, `<name>.log`. */
  readonly log: string;
  /** Records of running daemons. */
  readonly run: string;
  /** Rendered configuration of the daemons. */
  readonly config: string;
  readonly pki: string;
  readonly etcd: string;
  /** Directories behind volumes of the storage class `standard`. */
  readonly volumes: string;
  /** Mounted at /data/kafka, for hostPath volumes. */
  readonly hostData: string;
  readonly docker: string;
  readonly dockerSocket: string;
  /** Administrator's kubeconfig; its context is `sandbox`. */
  readonly kubeconfig: string;
  /** Record of the last `up`. */
  readonly cluster: string;
  readonly nodes: string;
  /** What NFS servers export. */
  readonly nfs: string;
  /** Programs that only the kubelets find, before those of the system. */
  readonly kubeletBin: string;
  node: (name: string) => NodePaths;
}

/** Longest path of a unix socket on Linux, in bytes. */
const maxSocketPath = 107;

/** The directory of the sandbox: `.sandbox` in the checkout, or what `SANDBOX_ROOT` names. */
export function sandboxRoot(): string {
  return resolve(process.env.SANDBOX_ROOT ?? join(checkout, ".sandbox"));
}

/**
 * Lays out a sandbox below a directory.
 *
 * @throws when the directory's path is too long for the sockets below it.
 */
export function pathsOf(root: string = sandboxRoot()): Paths {
  const nodes = join(root, "nodes");
  const node = (name: string): NodePaths => {
    const own = join(nodes, name);
    return {
      root: own,
      containerd: join(own, "containerd"),
      containerdState: join(own, "run"),
      containerdSocket: join(own, "containerd.sock"),
      kubelet: join(own, "kubelet"),
      podLogs: join(own, "pod-logs"),
      cniConfig: join(own, "cni"),
      cniLeases: join(own, "leases"),
    };
  };
  const longest = join(node("node-99").kubelet, "pod-resources", "kubelet.sock");
  if (Buffer.byteLength(longest) > maxSocketPath) {
    throw new Error(
      `The path ${root} is too long for the unix sockets below it: it may have at most ${maxSocketPath - (Buffer.byteLength(longest) - Buffer.byteLength(root))} bytes. Move the checkout, or set SANDBOX_ROOT.`,
    );
  }
  return {
    root,
    lock: join(root, "lock"),
    bin: join(root, "bin"),
    cache: join(root, "cache"),
    log: join(root, "log"),
    run: join(root, "run"),
    config: join(root, "config"),
    pki: join(root, "pki"),
    etcd: join(root, "etcd"),
    volumes: join(root, "volumes"),
    hostData: join(root, "host-data"),
    docker: join(root, "docker"),
    dockerSocket: join(root, "docker.sock"),
    kubeconfig: join(root, "kubeconfig"),
    cluster: join(root, "cluster.json"),
    nodes,
    nfs: join(root, "nfs"),
    kubeletBin: join(root, "kubelet-bin"),
    node,
  };
}
