import type { PartitionState } from "./snapshot.js";

/** The states of partitions, from the worst. */
export const SEVERITY = "XUL.";

/** The worst state of a topic's partitions. */
export const worstOf = (map: string): PartitionState => {
  for (const state of ["X", "U", "L"] as const) if (map.includes(state)) return state;
  return ".";
};
