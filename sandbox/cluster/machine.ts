import { snapshotterFor } from "../host/platform";
import { outerMtu } from "../network/devices";
import type { Paths } from "../paths";

/** What the daemons of a node need to know of the machine. */
export interface Machine {
  /** containerd's snapshotter. */
  readonly snapshotter: string;
  /** Largest packet towards the outside, in bytes. */
  readonly mtu: number;
}

/** Looks at the machine. */
export async function machineOf(paths: Paths): Promise<Machine> {
  return { snapshotter: snapshotterFor(paths.root), mtu: await outerMtu() };
}
