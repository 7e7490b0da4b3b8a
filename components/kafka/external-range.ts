import { BOUNDS } from "../kubernetes/bounds";
import type { Path } from "../kubernetes/problems";
import type { Refused } from "./setting-refusals";

const [LOWEST, HIGHEST] = BOUNDS.nodePort;

/** Whether the NodePorts of all brokers, and that of the bootstrap Service before them, are ones that Kubernetes gives out. */
export function* nodePortRange(brokers: number, base: number, at: Path): Iterable<Refused> {
  const last = HIGHEST - brokers + 1;
  if (base > LOWEST && base <= last) return;
  const fit = `so that the bootstrap Service and ${brokers} brokers fit into ${LOWEST}-${HIGHEST}`;
  yield { at, allowed: `from ${LOWEST + 1} to ${last}, ${fit}` };
}
