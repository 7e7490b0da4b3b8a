import { run, succeeds } from "../host/command";
import { network } from "../plan";

/** A chain of ours, where it is called from, and its rules. */
interface Chain {
  readonly table: "filter" | "nat" | "mangle";
  readonly name: string;
  readonly from: string;
  readonly rules: readonly string[][];
}

/** All of the sandbox's own packet rules; those of Services are kube-proxy's. */
const chains: readonly Chain[] = [
  // Nothing that comes from elsewhere gets in: not to pods, not to Services, whose addresses are still those of the packets here, and not to
  // the machine's own addresses within the sandbox, which it would answer for on every interface. Answers to what left are addressed to the machine.
  {
    table: "mangle",
    name: "KSTACK-PREROUTING",
    from: "PREROUTING",
    rules: [["-d", network.range, "!", "-s", network.range, "!", "-i", "lo", "-j", "DROP"]],
  },
  // Other programs (docker, firewalls) make DROP the policy of these two.
  {
    table: "filter",
    name: "KSTACK-FORWARD",
    from: "FORWARD",
    rules: [
      ["-s", network.range, "-j", "ACCEPT"],
      ["-d", network.range, "-j", "ACCEPT"],
    ],
  },
  { table: "filter", name: "KSTACK-INPUT", from: "INPUT", rules: [["-s", network.range, "-j", "ACCEPT"]] },
  // What leaves the sandbox does so under the machine's own address.
  {
    table: "nat",
    name: "KSTACK-POSTROUTING",
    from: "POSTROUTING",
    rules: [["-s", network.range, "!", "-d", network.range, "-j", "MASQUERADE"]],
  },
];

/** Puts the sandbox's chains in place; what is there already stays. */
export async function ensureFirewall(): Promise<void> {
  for (const { table, name, from, rules } of chains) {
    if (!(await iptablesSucceeds(table, "-n", "-L", name))) await iptables(table, "-N", name);
    for (const rule of rules) {
      if (!(await iptablesSucceeds(table, "-C", name, ...rule))) await iptables(table, "-A", name, ...rule);
    }
    if (!(await iptablesSucceeds(table, "-C", from, "-j", name))) await iptables(table, "-I", from, "-j", name);
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
  for (const { table, name, from } of chains) {
    if (!(await iptablesSucceeds(table, "-n", "-L", name))) continue;
    while (await iptablesSucceeds(table, "-C", from, "-j", name)) await iptables(table, "-D", from, "-j", name);
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
