import { count, formatBytes, formatDuration, formatTable } from "../format.js";
import type { MovesPreview } from "./preview-moves.js";

/** Moves, and brokers, that are listed for people; `--json` has all of them. */
const LISTED = 50;

/** A preview of moves as lines for people. */
export function showMoves(preview: MovesPreview): string[] {
  const { brokers, absent, moves, bytes, seconds, load, refusal } = preview;
  if (moves.length === 0) {
    const nothing = `Partitions are spread evenly over ${count(brokers.length, "broker")}; nothing would move.`;
    return [...showShares(preview), "", nothing];
  }
  const rows = moves
    .slice(0, LISTED)
    .map((move) => [
      `${move.topic}-${move.partition}`,
      move.from.join(","),
      move.to.join(","),
      formatBytes(move.bytes),
    ]);
  const lines = formatTable([["PARTITION", "FROM", "TO", "TO COPY"], ...rows]);
  if (moves.length > LISTED) lines.push(more(moves.length));
  const loads = load.slice(0, LISTED).map((each) => [each.broker, formatBytes(each.receives), formatBytes(each.sends)]);
  if (loads.length > 0) lines.push("", ...formatTable([["BROKER", "RECEIVES", "SENDS"], ...loads]));
  if (load.length > LISTED) lines.push(more(load.length));
  lines.push(
    "",
    ...showShares(preview),
    "",
    `${count(moves.length, "partition")}, ${formatBytes(bytes)} to copy: at least ${formatDuration(seconds)} at the throttle.`,
  );
  if (absent.length > 0) {
    lines.push(
      `Not up: ${absent.join(", ")}. Their racks and disks are not known, so the plan ignores racks, and the room on their disks is not checked.`,
    );
  }
  if (refusal !== undefined) lines.push(`It would be refused: ${refusal}`);
  return lines;
}

/** What each broker holds before and after, the changed ones first where not all are listed. */
function showShares({ shares }: MovesPreview): string[] {
  const isChanged = ({ before, after }: MovesPreview["shares"][number]) =>
    before.replicas !== after.replicas || before.bytes !== after.bytes;
  const chosen =
    shares.length <= LISTED
      ? shares
      : [...shares.filter(isChanged), ...shares.filter((each) => !isChanged(each))].slice(0, LISTED);
  const both = <Held>(one: Held, other: Held, show: (held: Held) => string) => `${show(one)} -> ${show(other)}`;
  const rows = chosen.map(({ broker, before, after }) => [
    broker,
    both(before.replicas, after.replicas, String),
    both(before.bytes, after.bytes, (held) => (held === undefined ? "?" : formatBytes(held))),
    both(before.diskPercent, after.diskPercent, (held) => (held === undefined ? "?" : `${held.toFixed(1)} %`)),
  ]);
  const lines = formatTable([["BROKER", "REPLICAS", "BYTES", "FULLEST DISK"], ...rows]);
  if (shares.length > LISTED) lines.push(more(shares.length));
  return lines;
}

const more = (of: number): string => `and ${of - LISTED} more; --json has all of them.`;
