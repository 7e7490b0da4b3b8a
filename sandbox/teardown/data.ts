import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Paths } from "../paths";

/** Removes everything that belongs to the cluster and not to the tools. */
export function removeData(paths: Paths): void {
  for (const path of [
    paths.nodes,
    paths.etcd,
    paths.volumes,
    paths.hostData,
    paths.nfs,
    paths.pki,
    paths.config,
    paths.kubeconfig,
    paths.cluster,
    // The engines' state of stacks on the cluster.
    join(paths.root, "state"),
    join(paths.root, "pulumi"),
    // Their stack files, with a passphrase's salt that is useless without the state.
    join(paths.root, "stacks"),
  ]) {
    rmSync(path, { recursive: true, force: true });
  }
}

/** Removes docker's images, containers and build cache. */
export function removeDockerData(paths: Paths): void {
  rmSync(paths.docker, { recursive: true, force: true });
  rmSync(paths.dockerSocket, { force: true });
}
