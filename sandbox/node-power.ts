import { exclusively } from "kafka-stack-processes";
import { Listr } from "listr2";
import { builtKey } from "./build/go";
import { machineOf } from "./cluster/machine";
import { cutPower, powerOn } from "./cluster/power";
import { readRecord } from "./cluster/record";
import { Daemons } from "./daemons/daemon";
import { checkPlatform, extendPath } from "./host/platform";
import { packPreloadedImages } from "./images/preload";
import { pathsOf, type Paths } from "./paths";
import { planNodes, type NodePlan } from "./plan";
import { announceWait, listrOptions } from "./progress";

/** Stops a node like a power cut: everything on it ends at once, and its connections go silent. Its disk and its Node object stay. */
export async function stopNode(index: number): Promise<void> {
  await onNode(index, "Cutting the power of", (paths, node, daemons) => cutPower(paths, node, daemons));
}

/** Starts a stopped node, and waits until it is ready. */
export async function startNode(index: number): Promise<void> {
  await onNode(index, "Starting", async (paths, node, daemons) => {
    await powerOn(paths, node, {
      daemons,
      machine: await machineOf(paths),
      archives: packPreloadedImages(paths, builtKey(paths)),
      api: Promise.resolve(),
    });
  });
}

async function onNode(
  index: number,
  doing: string,
  task: (paths: Paths, node: NodePlan, daemons: Daemons) => Promise<void>,
): Promise<void> {
  checkPlatform();
  extendPath();
  const paths = pathsOf();
  const daemons = new Daemons(paths);
  const nodes = planNodes(readRecord(paths)?.nodes ?? 1, paths.root);
  const node = nodes[index];
  if (!node)
    throw new Error(`There is no node ${index}; the sandbox has ${nodes.map((each) => each.index).join(", ")}.`);
  await exclusively(paths.lock, announceWait, async () => {
    await new Listr([{ title: `${doing} ${node.name}`, task: () => task(paths, node, daemons) }], listrOptions).run();
  });
}
