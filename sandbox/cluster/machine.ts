import { snapshotterFor } from "../host/platform";
import { outerMtu } from "../network/devices";
import type { Paths } from "../paths";

/** Facts about the machine that a node's daemons need. */
export interface Machine {
  /** containerd's snapshotter. */
  readonly snapshotter: string;
  /** Largest packet towards the outside, in bytes. */
  readonly mtu: number;
}

/** Reads these facts. */
export async function machineOf(paths: Paths): Promise<Machine> {
  return { snapshotter: snapshotterFor(paths.root), mtu: await outerMtu() };
}
