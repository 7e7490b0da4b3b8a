import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { removeHostData } from "../cluster/host-data";
import { readRecord, writeRecord } from "../cluster/record";
import { removeCgroup } from "../host/cgroups";
import { unclaim } from "../host/claim";
import type { ProcessIdentity } from "kafka-stack-processes";
import { end, findProcesses } from "../host/process";
import { removeDevices } from "../network/devices";
import { removeFirewall } from "../network/firewall";
import { removeKubeChains } from "../network/kube-chains";
import { restoreSysctls } from "../network/sysctl";
import type { Paths } from "../paths";
import { cgroupOf } from "../plan";
import { removeTraces } from "./traces";
import { removeServers } from "../nfs/server";
import { unmountBelow } from "./mounts";
import { endContainers, removeRuntimeState } from "./node";

/** How to take a sandbox down. */
export interface TeardownOptions {
  /** Seconds that containers have to end by themselves. */
  readonly patience: number;
}

/** Seconds that a daemon has to end by itself. */
const daemonPatience = 10;

/** Programs of a sandbox, in the order in which they are stopped: each after those that need it. */
const order: readonly ((commandLine: readonly string[]) => boolean)[] = [
  runs("dockerd"),
  runs("containerd"),
  runs("dns"),
  runs("provisioner"),
  runs("netpol"),
  ...["kube-proxy", "kube-scheduler", "kube-controller-manager", "kube-apiserver", "etcd"].map((program) =>
    runs("kube", program),
  ),
];

const runsKubelet = runs("kube", "kubelet");

function runs(program: string, argument?: string): (commandLine: readonly string[]) => boolean {
  return (commandLine) =>
    basename(commandLine[0] ?? "") === program && (argument === undefined || commandLine[1] === argument);
}

/**
 * Ends everything that a sandbox runs and removes what it made outside its directory: mounts, devices, packet rules, cgroups.
 * It searches instead of reading records, so it also cleans up after the directory of a running sandbox was deleted.
 */
export async function tearDown(paths: Paths, { patience }: TeardownOptions): Promise<void> {
  const own = (matches: (commandLine: readonly string[]) => boolean): ProcessIdentity[] =>
    findProcesses(
      (commandLine) => matches(commandLine) && commandLine.some((argument) => argument.includes(`${paths.root}/`)),
    );

  await end(own(runsKubelet), daemonPatience);
  const nodes = existsSync(paths.nodes) ? readdirSync(paths.nodes).map((name) => ({ name, ...paths.node(name) })) : [];
  await Promise.all(
    nodes.map(({ name, containerdSocket }) =>
      endContainers(containerdSocket, `${cgroupOf(paths.root)}/${name}`, patience),
    ),
  );
  // Before their servers, because a client without a server waits forever.
  await end(own(runs("nfs-mount")), 0);
  await removeServers(paths);
  for (const matches of order) await end(own(matches), daemonPatience);
  // What no node knows of any more, because its directory was deleted.
  await endContainers(join(paths.docker, "containerd.sock"), cgroupOf(paths.root), 0);
  await end(
    own((commandLine) => basename(commandLine[0] ?? "").startsWith("containerd-shim")),
    0,
  );

  for (const { containerdState } of nodes) await removeRuntimeState(containerdState);
  await removeRuntimeState(join(paths.docker, "containerd-run"));
  await removeHostData(paths);
  await unmountBelow(paths.root);
  rmSync(paths.run, { recursive: true, force: true });
  removeCgroup(cgroupOf(paths.root));
  await removeNetwork(paths);
  await removeTraces(paths);
  unclaim(paths.root);
}

async function removeNetwork(paths: Paths): Promise<void> {
  await removeKubeChains();
  await removeFirewall();
  await removeDevices();
  const record = readRecord(paths);
  if (!record) return;
  restoreSysctls(record.sysctls);
  writeRecord(paths, { ...record, sysctls: {} });
}
