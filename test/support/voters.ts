import { inPod } from "./kubectl";

/** Node ids of the quorum's voters, in order. */
export async function voters(): Promise<number[]> {
  const quorum = ["kafka-metadata-quorum.sh", "--bootstrap-server", "localhost:9092", "describe", "--replication"];
  const lines = (await inPod("broker-0", ...quorum)).split("\n").slice(1);
  const rows = lines.map((line) => line.trim().split(/\s+/));
  return rows
    .flatMap((row) => (row.some((cell) => cell === "Leader" || cell === "Follower") ? [Number(row[0])] : []))
    .sort((one, other) => one - other);
}
