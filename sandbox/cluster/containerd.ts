import { join } from "node:path";
import type { Daemon } from "../daemons/daemon";
import { listens } from "../host/http";

/** One containerd and what it is for. */
export interface ContainerdOptions {
  readonly name: string;
  readonly root: string;
  readonly state: string;
  readonly socket: string;
  /** Path of its configuration file. */
  readonly config: string;
  /** Snapshotter of the containers' file systems. */
  readonly snapshotter: string;
  /** For a node: what the kubelet needs. Without it, the Kubernetes interface is off. */
  readonly cri?: { readonly cniConfig: string; readonly pauseImage: string };
}

/** Snapshotters that most kernels do not support; each would log an error at every start. */
const unused = ["aufs", "btrfs", "devmapper", "zfs"].map((name) => `io.containerd.snapshotter.v1.${name}`);

/** A containerd with a root, a state directory and a socket of its own. */
export function containerd(options: ContainerdOptions): Daemon {
  return {
    name: options.name,
    command: "containerd",
    args: [`--config=${options.config}`],
    files: { [options.config]: renderContainerdConfig(options) },
    ready: () => listens(options.socket),
  };
}

/** Renders the configuration file, in version 2 of its format, which containerd 1.6 to 2.x read. */
export function renderContainerdConfig({ root, state, socket, snapshotter, cri }: ContainerdOptions): string {
  const text = (value: string) => JSON.stringify(value);
  const disabled = cri ? unused : [...unused, "io.containerd.grpc.v1.cri"];
  const lines = [
    "version = 2",
    `root = ${text(root)}`,
    `state = ${text(state)}`,
    `disabled_plugins = [${disabled.map(text).join(", ")}]`,
    "[grpc]",
    `  address = ${text(socket)}`,
    '[plugins."io.containerd.internal.v1.opt"]',
    `  path = ${text(join(root, "opt"))}`,
  ];
  if (cri) {
    lines.push(
      '[plugins."io.containerd.grpc.v1.cri"]',
      `  sandbox_image = ${text(cri.pauseImage)}`,
      // In a container a process may not lower its OOM score, and no pod would start.
      "  restrict_oom_score_adj = true",
      // Beside the node's other cgroups, so that its removal finds them.
      "  netns_mounts_under_state_dir = true",
      '  [plugins."io.containerd.grpc.v1.cri".containerd]',
      `    snapshotter = ${text(snapshotter)}`,
      '    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]',
      '      runtime_type = "io.containerd.runc.v2"',
      '      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]',
      `        Root = ${text(join(state, "runc"))}`,
      '  [plugins."io.containerd.grpc.v1.cri".cni]',
      '    bin_dir = "/usr/lib/cni"',
      `    conf_dir = ${text(cri.cniConfig)}`,
    );
  }
  return `${lines.join("\n")}\n`;
}
