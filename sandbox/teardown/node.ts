import { existsSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { processesIn } from "../host/cgroups";
import type { ProcessIdentity } from "kafka-stack-processes";
import { childrenOf, end, findProcesses } from "../host/process";
import type { NodePaths } from "../paths";
import { unmountBelow } from "./mounts";

/** The shims between a containerd and its containers, one per pod; they outlive containerd. */
export function shimsOf(containerdSocket: string): ProcessIdentity[] {
  return findProcesses(
    (commandLine) =>
      basename(commandLine[0] ?? "").startsWith("containerd-shim") && commandLine.includes(containerdSocket),
  );
}

/**
 * Ends all containers of a containerd, with their shims. Stop its containerd and kubelet first, which would restart some.
 *
 * @param cgroup - where the containers are
 * @param patience - seconds that the containers have to end by themselves
 */
export async function endContainers(containerdSocket: string, cgroup: string, patience: number): Promise<void> {
  const shims = shimsOf(containerdSocket);
  if (patience > 0) await end(childrenOf(shims), patience);
  await end([...shims, ...processesIn(cgroup)], 0);
}

/**
 * Removes what a containerd without containers leaves: mounts, namespaces, records of containers. Its records of images stay.
 *
 * @param state - its state directory
 */
export async function removeRuntimeState(state: string): Promise<void> {
  await unmountBelow(state);
  rmSync(state, { recursive: true, force: true });
}

/** Prepares the start of a node's containerd after all its containers ended, for whatever reason: otherwise it would look for them. */
export async function forgetContainers(node: NodePaths): Promise<void> {
  if (!existsSync(node.containerdState) || shimsOf(node.containerdSocket).length > 0) return;
  await removeRuntimeState(node.containerdState);
  const inNode = (argument: string) => argument.startsWith(`${node.root}/`);
  await end(
    findProcesses((commandLine) => basename(commandLine[0] ?? "") === "nfs-mount" && commandLine.some(inNode)),
    0,
  );
  await unmountBelow(node.root);
  // No pod has an address now.
  rmSync(node.cniLeases, { recursive: true, force: true });
}
