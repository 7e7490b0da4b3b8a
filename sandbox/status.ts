import { existsSync } from "node:fs";
import { clientFiles } from "./cluster/pki";
import { apiServer } from "./cluster/kubeconfig";
import { isReady } from "./cluster/node";
import { readRecord } from "./cluster/record";
import { Daemons } from "./daemons/daemon";
import { ask } from "./host/http";
import { isRunning } from "kafka-stack-processes";
import { isServed, policyQueue } from "./network/policies";
import { pathsOf } from "./paths";
import { planNodes } from "./plan";

/** State of one daemon. */
export interface DaemonStatus {
  readonly name: string;
  readonly pid: number;
  readonly running: boolean;
  /** When it was started, as ISO 8601. */
  readonly startedAt: string;
  /** Path of its log. */
  readonly log: string;
}

/** State of one node. */
export interface NodeStatus {
  readonly name: string;
  readonly zone: string;
  readonly address: string;
  readonly ready: boolean;
}

/** State of a sandbox. */
export interface SandboxStatus {
  /** Its directory. */
  readonly root: string;
  /** Whether everything that was started still runs and every node is ready. */
  readonly healthy: boolean;
  readonly daemons: readonly DaemonStatus[];
  readonly nodes: readonly NodeStatus[];
  /** Whether NetworkPolicies are enforced; not where the kernel has no NFQUEUE. */
  readonly enforcesPolicies: boolean;
}

/** Reads the state of this checkout's sandbox. */
export async function status(): Promise<SandboxStatus> {
  const paths = pathsOf();
  const logs = new Daemons(paths);
  const daemons = logs.records().map((record) => ({
    name: record.name,
    pid: record.pid,
    running: isRunning(record),
    startedAt: record.startedAt,
    log: logs.log(record.name),
  }));
  const record = readRecord(paths);
  const planned =
    record && daemons.length > 0 && existsSync(paths.kubeconfig) ? planNodes(record.nodes, paths.root) : [];
  const nodes = await Promise.all(
    planned.map(async ({ name, zone, address }) => {
      const kubelet = daemons.find((daemon) => daemon.name === `kubelet-${name}`);
      const answer = kubelet?.running
        ? await ask(`${apiServer}/api/v1/nodes/${name}`, clientFiles(paths, "ca", "admin"))
        : undefined;
      return { name, zone, address, ready: isReady(answer?.body, new Date(kubelet?.startedAt ?? 0)) };
    }),
  );
  const healthy = nodes.length > 0 && nodes.every(({ ready }) => ready) && daemons.every(({ running }) => running);
  return { root: paths.root, healthy, daemons, nodes, enforcesPolicies: isServed(policyQueue) };
}

/** Renders the state for people. */
export function renderStatus({ root, daemons, nodes, healthy, enforcesPolicies }: SandboxStatus): string {
  if (daemons.length === 0) return `The sandbox in ${root} does not run: \`npm run sandbox -- up\` starts it.`;
  const width = Math.max(...daemons.map(({ name }) => name.length), ...nodes.map(({ name }) => name.length));
  return [
    ...daemons.map(({ name, pid, running, startedAt, log }) => {
      const state = running ? `runs as process ${pid} since ${startedAt}` : `ended; see ${log}`;
      return `${name.padEnd(width)}  ${state}`;
    }),
    "",
    ...nodes.map(
      ({ name, zone, address, ready }) =>
        `${name.padEnd(width)}  ${ready ? "ready" : "not ready"}, ${zone}, ${address}`,
    ),
    "",
    healthy
      ? `All is well.${enforcesPolicies ? "" : " NetworkPolicies are not enforced: the kernel has no NFQUEUE."}`
      : "Something is missing: `npm run sandbox -- up` starts what does not run.",
  ].join("\n");
}
