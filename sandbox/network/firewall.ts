import { run, succeeds } from "../host/command";
import type { Paths } from "../paths";
import { network } from "../plan";
import { hasQueues, policyQueue } from "./policies";

/** One of the sandbox's chains, the chain that jumps to it, and its rules. */
interface Chain {
  readonly table: "filter" | "nat" | "mangle";
  readonly name: string;
  readonly from: readonly string[];
  readonly rules: readonly string[][];
}

/** All of the sandbox's own packet rules; those of Services are kube-proxy's. */
const chains: readonly Chain[] = [
  // Drops whatever comes from other machines: to pods, to Services (whose addresses packets still have here), and to
  // the machine's own addresses in the sandbox, which it would otherwise answer for on every interface. Replies to outgoing traffic are addressed to the machine.
  {
    table: "mangle",
    name: "KSTACK-PREROUTING",
    from: ["PREROUTING"],
    rules: [["-d", network.range, "!", "-s", network.range, "!", "-i", "lo", "-j", "DROP"]],
  },
  // Other programs (docker, firewalls) make DROP the policy of these two.
  {
    table: "filter",
    name: "KSTACK-FORWARD",
    from: ["FORWARD"],
    rules: [
      ["-s", network.range, "-j", "ACCEPT"],
      ["-d", network.range, "-j", "ACCEPT"],
    ],
  },
  { table: "filter", name: "KSTACK-INPUT", from: ["INPUT"], rules: [["-s", network.range, "-j", "ACCEPT"]] },
  // Traffic that leaves the sandbox gets the machine's own address.
  {
    table: "nat",
    name: "KSTACK-POSTROUTING",
    from: ["POSTROUTING"],
    rules: [["-s", network.range, "!", "-d", network.range, "-j", "MASQUERADE"]],
  },
];

/**
 * Hands each new connection of a pod to `netpol`, which knows the NetworkPolicies. The rules are in a table before `filter`, where kube-proxy accepts some packets
 * finally. The machine itself, like any node, always reaches pods. Without `--queue-bypass`, new connections are dropped while nobody serves the queue.
 */
const policies: Chain = {
  table: "mangle",
  name: "KSTACK-POLICIES",
  from: ["FORWARD", "INPUT"],
  rules: ["-s", "-d"].map((end) => [
    ...[end, network.pods, "-m", "conntrack", "--ctstate", "NEW"],
    ...["-j", "NFQUEUE", "--queue-num", String(policyQueue)],
  ]),
};

/** Creates the sandbox's chains; existing ones stay. */
export async function ensureFirewall(): Promise<void> {
  for (const chain of chains) await ensureChain(chain);
}

/**
 * Creates the rules that enforce NetworkPolicies.
 *
 * @returns false, with nothing enforced, where the kernel has no NFQUEUE.
 */
export async function ensurePolicies(paths: Paths): Promise<boolean> {
  const { table, name, rules } = policies;
  if (!(await hasQueues(paths))) return false;
  await ensureOwn(policies);
  for (const rule of rules) {
    if (await iptablesSucceeds(table, "-C", name, ...rule)) continue;
    if (!(await iptablesSucceeds(table, "-A", name, ...rule))) return false;
  }
  await ensureCalls(policies);
  return true;
}

async function ensureChain(chain: Chain): Promise<void> {
  const { table, name, rules } = chain;
  await ensureOwn(chain);
  for (const rule of rules) {
    if (!(await iptablesSucceeds(table, "-C", name, ...rule))) await iptables(table, "-A", name, ...rule);
  }
  await ensureCalls(chain);
}

async function ensureOwn({ table, name }: Chain): Promise<void> {
  if (!(await iptablesSucceeds(table, "-n", "-L", name))) await iptables(table, "-N", name);
}

async function ensureCalls({ table, name, from }: Chain): Promise<void> {
  for (const caller of from) {
    if (!(await iptablesSucceeds(table, "-C", caller, "-j", name))) await iptables(table, "-I", caller, "-j", name);
  }
}

/**
 * Whether another kube-proxy works on this network: two of them undo each other's rules.
 */
export async function hasForeignServices(): Promise<boolean> {
  return iptablesSucceeds("nat", "-n", "-L", "KUBE-SERVICES");
}

/** Removes the sandbox's chains. */
export async function removeFirewall(): Promise<void> {
  for (const { table, name, from } of [...chains, policies]) {
    if (!(await iptablesSucceeds(table, "-n", "-L", name))) continue;
    for (const caller of from) {
      while (await iptablesSucceeds(table, "-C", caller, "-j", name)) await iptables(table, "-D", caller, "-j", name);
    }
    await iptables(table, "-F", name);
    await iptables(table, "-X", name);
  }
}

/** `-w` waits for the lock of the tables, which kube-proxy takes too. */
async function iptables(table: string, ...args: string[]): Promise<void> {
  await run("iptables", ["-w", "30", "-t", table, ...args]);
}

async function iptablesSucceeds(table: string, ...args: string[]): Promise<boolean> {
  return succeeds("iptables", ["-w", "30", "-t", table, ...args]);
}
