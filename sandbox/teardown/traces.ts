import { existsSync, readdirSync, readlinkSync, rmSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { listens } from "../host/http";
import type { Paths } from "../paths";
import { cgroupOf } from "../plan";

/** Where kubelets put links to the logs of containers. */
const containerLogs = "/var/log/containers";

/** Where the CNI library caches its results. */
const cniResults = "/var/lib/cni/results";

/** Sockets of containerd's shims, of every containerd. */
const shimSockets = "/run/containerd/s";

/** Where kubelets wait for device plugins. */
const devicePlugins = "/var/lib/kubelet/device-plugins/kubelet.sock";

/** Directories that the programs make in fixed places of the system, each after those inside it. */
const directories = [
  [cniResults, "/var/lib/cni"],
  [shimSockets, "/run/containerd"],
  ["/run/docker/plugins", "/run/docker"],
  ["/var/lib/kubelet/device-plugins", "/var/lib/kubelet"],
  [containerLogs],
].flat();

/** Removes what the programs made in fixed places of the system, unless others use it. */
export async function removeTraces(paths: Paths): Promise<void> {
  for (const link of entries(containerLogs)) {
    const path = join(containerLogs, link);
    if (readlinkSync(path).startsWith(`${paths.root}/`)) rmSync(path);
  }
  for (const note of entries(cniResults)) {
    const container = note.startsWith(cgroupOf(paths.root)) ? /-([0-9a-f]{64})-/.exec(note)?.[1] : undefined;
    if (container)
      entries(cniResults)
        .filter((each) => each.includes(container))
        .forEach((each) => {
          rmSync(join(cniResults, each));
        });
  }
  for (const socket of [...entries(shimSockets).map((name) => join(shimSockets, name)), devicePlugins]) {
    if (!(await listens(socket))) rmSync(socket, { force: true });
  }
  for (const directory of directories) {
    if (existsSync(directory) && readdirSync(directory).length === 0) rmdirSync(directory);
  }
}

function entries(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}
