import { run, succeeds } from "../host/command";
import type { Paths } from "../paths";
import { network } from "../plan";
import { hasQueues, policyQueue } from "./policies";

/** A chain of ours, where it is called from, and its rules. */
interface Chain {
  readonly table: "filter" | "nat" | "mangle";
  readonly name: string;
  readonly from: readonly string[];
  readonly rules: readonly string[][];
}

/** All of the sandbox's own packet rules; those of Services are kube-proxy's. */
const chains: readonly Chain[] = [
  // Nothing that comes from elsewhere gets in: not to pods, not to Services, whose addresses are still those of the packets here, and not to
  // the machine's own addresses within the sandbox, which it would answer for on every interface. Answers to what left are addressed to the machine.
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
  // What leaves the sandbox does so under the machine's own address.
  {
    table: "nat",
    name: "KSTACK-POSTROUTING",
    from: ["POSTROUTING"],
    rules: [["-s", network.range, "!", "-d", network.range, "-j", "MASQUERADE"]],
  },
];

/**
 * What hands each new connection of a pod to `netpol`, which knows the NetworkPolicies. In a table that comes before `filter`, where kube-proxy accepts some packets
 * for good. From the machine itself, as from any node, pods are always reached. Without `--queue-bypass`: while nobody serves the queue, nothing new gets through.
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

/** Puts the sandbox's chains in place; what is there already stays. */
export async function ensureFirewall(): Promise<void> {
  for (const chain of chains) await ensureChain(chain);
}

/**
 * Puts in place what has NetworkPolicies enforced.
 *
 * @returns false, and nothing is enforced, where the kernel cannot ask a program about packets.
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
 * Whether another program does for this network what the sandbox's kube-proxy would: two of them undo each other's rules.
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

/** `-w`: kube-proxy takes the lock of the tables too. */
async function iptables(table: string, ...args: string[]): Promise<void> {
  await run("iptables", ["-w", "30", "-t", table, ...args]);
}

async function iptablesSucceeds(table: string, ...args: string[]): Promise<boolean> {
  return succeeds("iptables", ["-w", "30", "-t", table, ...args]);
}
