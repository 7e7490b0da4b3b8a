import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Daemon } from "../daemons/daemon";
import { ensureCgroup } from "../host/cgroups";
import { listens } from "../host/http";
import type { Paths } from "../paths";
import { cgroupOf, hostAddress, network } from "../plan";
import { removeRuntimeState, shimsOf } from "../teardown/node";
import { containerd } from "./containerd";
import type { Machine } from "./machine";

function containerdSocket(paths: Paths): string {
  return join(paths.docker, "containerd.sock");
}

/** docker's own containerd, separate from those of the nodes, so that a stopped node does not stop a build. */
export function dockerContainerd(paths: Paths, machine: Machine): Daemon {
  const state = join(paths.docker, "containerd-run");
  const daemon = containerd({
    name: "containerd-docker",
    root: join(paths.docker, "containerd"),
    state,
    socket: containerdSocket(paths),
    config: join(paths.config, "containerd-docker.toml"),
    snapshotter: machine.snapshotter,
  });
  return {
    ...daemon,
    prepare: async () => {
      if (shimsOf(containerdSocket(paths)).length === 0) await removeRuntimeState(state);
    },
  };
}

/** dockerd, which builds images and pushes them. Its containers share the sandbox's packet rules instead of making their own. */
export function dockerd(paths: Paths, machine: Machine): Daemon {
  const config = join(paths.config, "dockerd.json");
  const cgroup = `${cgroupOf(paths.root)}/docker`;
  const pidfile = join(paths.docker, "dockerd.pid");
  return {
    name: "dockerd",
    command: "dockerd",
    args: [`--config-file=${config}`],
    prepare: () => {
      ensureCgroup(cgroup);
      // Left by a killed dockerd. Another process may have its pid by now, and dockerd would take that for itself.
      rmSync(pidfile, { force: true });
    },
    files: {
      [config]: JSON.stringify({
        hosts: [`unix://${paths.dockerSocket}`],
        containerd: containerdSocket(paths),
        "data-root": join(paths.docker, "data"),
        "exec-root": join(paths.docker, "run"),
        pidfile,
        "storage-driver": machine.snapshotter === "overlayfs" ? "overlay2" : "vfs",
        bridge: network.docker.device,
        mtu: machine.mtu,
        dns: [hostAddress],
        iptables: false,
        ip6tables: false,
        "ip-forward": false,
        "cgroup-parent": `/${cgroup}`,
        "exec-opts": ["native.cgroupdriver=cgroupfs"],
      }),
    },
    ready: () => listens(paths.dockerSocket),
  };
}
