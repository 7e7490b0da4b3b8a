import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { succeeds } from "../host/command";
import type { Paths } from "../paths";

/** Number of the kernel's queue in which new connections wait for a verdict. Any unused number; other programs start at 0 or 100. */
export const policyQueue = 19_818;

/** The queues that programs serve, one per line that begins with its number; exists while the kernel's module is loaded. */
const queues = "/proc/net/netfilter/nfnetlink_queue";

/** Whether the kernel has NFQUEUE. It loads the module when a program asks for a queue, also from within a container. */
export async function hasQueues({ bin }: Pick<Paths, "bin">): Promise<boolean> {
  return existsSync(queues) || (await succeeds(join(bin, "netpol"), ["-probe", `-queue=${policyQueue}`]));
}

/** Whether a program serves a queue. */
export function isServed(queue: number): boolean {
  return existsSync(queues) && servedQueues(readFileSync(queues, "utf8")).includes(queue);
}

/** Numbers of the queues in the kernel's list. */
export function servedQueues(list: string): number[] {
  return list
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => Number(line.trim().split(/\s+/)[0]));
}
