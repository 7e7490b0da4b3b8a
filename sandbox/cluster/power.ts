import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Daemons } from "../daemons/daemon";
import { preloadImages } from "../images/preload";
import { disconnectNode, ensureDevices } from "../network/devices";
import type { Paths } from "../paths";
import { planNode, type NodePlan } from "../plan";
import { run } from "../host/command";
import { endContainers, forgetContainers } from "../teardown/node";
import type { Machine } from "./machine";
import { kubelet, nodeContainerd, nodeDaemons } from "./node";

/** What the start of a node needs besides the node. */
export interface NodeStart {
  readonly daemons: Daemons;
  readonly machine: Machine;
  /** Archives of the images that a node has from the start, by image name. */
  readonly archives: Promise<ReadonlyMap<string, string>>;
  /** Done when the API server answers. */
  readonly api: Promise<void>;
}

/** Starts the stopped daemons of a node, and waits until the node is ready. */
export async function startNode(
  paths: Paths,
  node: NodePlan,
  { daemons, machine, archives, api }: NodeStart,
): Promise<void> {
  await daemons.ensure(nodeContainerd(paths, node, machine));
  await Promise.all([archives.then((ready) => preloadImages(paths, node, ready)), api]);
  await daemons.ensure(kubelet(paths, node));
}

/** Reconnects a stopped node to the network and starts it. */
export async function powerOn(paths: Paths, node: NodePlan, start: NodeStart): Promise<void> {
  await ensureDevices([node]);
  await startNode(paths, node, start);
}

/** Ends everything on a node like a power cut: processes cannot clean up, and no connection is closed. Its disk stays. */
export async function cutPower(paths: Paths, node: NodePlan, daemons: Daemons): Promise<void> {
  await disconnectNode(node);
  const own = paths.node(node.name);
  const names = nodeDaemons(node);
  await daemons.stop(names.kubelet, 0);
  await daemons.stop(names.containerd, 0);
  await endContainers(own.containerdSocket, node.cgroup, 0);
  await forgetContainers(own);
}

/** Removes the nodes beyond a number, with their data. */
export async function removeNodes(paths: Paths, keep: number, daemons: Daemons): Promise<void> {
  if (!existsSync(paths.nodes)) return;
  const extra = readdirSync(paths.nodes)
    .map((name) => Number(name.replace("node-", "")))
    .filter((index) => index >= keep)
    .map((index) => planNode(index, paths.root));
  for (const node of extra) {
    await cutPower(paths, node, daemons);
    await run(join(paths.bin, "kubectl"), [
      "--kubeconfig",
      paths.kubeconfig,
      "delete",
      "node",
      node.name,
      "--ignore-not-found",
    ]);
    rmSync(paths.node(node.name).root, { recursive: true });
  }
}
