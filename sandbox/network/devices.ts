import { run, succeeds } from "../host/command";
import { hostAddress, network, type NodePlan } from "../plan";

/** Makes the bridges and gives them the addresses of the control plane, the nodes and docker. Existing bridges and addresses stay. */
export async function ensureDevices(nodes: readonly NodePlan[]): Promise<void> {
  const { docker } = network;
  await ensureBridge(
    network.nodes.device,
    [hostAddress, ...nodes.map(({ address }) => address)].map((address) => `${address}/32`),
  );
  await ensureBridge(docker.device, [`${docker.address}/${docker.prefix}`]);
  // Packets to a pod or a node that no longer exists are dropped and do not leave through the machine's gateway.
  for (const range of lostRanges) await run("ip", ["route", "replace", "blackhole", range]);
  // Lets programs on a machine without a gateway reach the services: kube-proxy's rules see a packet only after it has a route.
  await run("ip", ["route", "replace", network.services, "dev", network.nodes.device]);
}

const lostRanges = [network.pods, network.nodes.range];

/** Removes the bridges, and with them their addresses and routes. */
export async function removeDevices(): Promise<void> {
  for (const range of lostRanges) {
    if (await hasRoute("blackhole", range)) await run("ip", ["route", "delete", "blackhole", range]);
  }
  for (const device of [network.nodes.device, network.docker.device]) {
    if (await exists(device)) await run("ip", ["link", "delete", device]);
  }
}

/** Cuts a node off: removes its address and its pods' devices without closing any connection. */
export async function disconnectNode(node: NodePlan): Promise<void> {
  const routes = JSON.parse(await run("ip", ["-json", "route", "show", "root", node.podSubnet])) as { dev: string }[];
  for (const { dev } of routes) await run("ip", ["link", "delete", dev]);
  await succeeds("ip", ["address", "delete", `${node.address}/32`, "dev", network.nodes.device]);
}

const usualMtu = 1500;

/** MTU of the route to the outside, in bytes: containers must know when it is smaller than usual. */
export async function outerMtu(): Promise<number> {
  const [route] = JSON.parse(await run("ip", ["-json", "-4", "route", "show", "default"])) as { dev: string }[];
  if (!route) return usualMtu;
  const [device] = JSON.parse(await run("ip", ["-json", "link", "show", route.dev])) as { mtu: number }[];
  return device?.mtu ?? usualMtu;
}

async function ensureBridge(device: string, addresses: string[]): Promise<void> {
  if (!(await exists(device))) await run("ip", ["link", "add", device, "type", "bridge"]);
  for (const address of addresses) await run("ip", ["address", "replace", address, "dev", device]);
  await run("ip", ["link", "set", device, "up"]);
}

async function exists(device: string): Promise<boolean> {
  return succeeds("ip", ["link", "show", device]);
}

async function hasRoute(type: string, range: string): Promise<boolean> {
  return (await run("ip", ["route", "show", "type", type, range])) !== "";
}
