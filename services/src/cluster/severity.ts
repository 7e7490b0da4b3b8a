import type { DiskUse, PartitionState } from "./snapshot.js";

/** The states of partitions, from the worst. */
export const SEVERITY = "XUL.";

/** The worst state of a topic's partitions. */
export const worstOf = (map: string): PartitionState => {
  for (const state of ["X", "U", "L"] as const) if (map.includes(state)) return state;
  return ".";
};

/** How bad it is: nothing to do, something to look at, or data that nobody can reach. */
export type Level = "good" | "look" | "bad";

/** Shares of a disk that are left, under which it is looked at, and under which the alert KafkaVolumeFull fires. */
const LITTLE = 0.2;
const FULL = 0.1;

/** How bad it is about a broker's disks. One that failed has taken its replicas away. */
export function diskLevel({ fullest, failed }: DiskUse): Level {
  const left = fullest === null ? 1 : fullest.free / fullest.size;
  if (failed > 0 || left < FULL) return "bad";
  return left < LITTLE ? "look" : "good";
}
