/** A line that a text has lost or won. */
export type Line = `- ${string}` | `+ ${string}`;

/** The lines that differ between two texts, in their order; a line that moved is lost and won. */
export function diffLines(before: string, after: string): Line[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const common = commonLengths(old, now);
  const lines: Line[] = [];
  let [at, to] = [0, 0];
  while (at < old.length || to < now.length) {
    const oldLine = old[at];
    const newLine = now[to];
    if (oldLine !== undefined && oldLine === newLine) {
      at++;
      to++;
    } else if (
      newLine === undefined ||
      (oldLine !== undefined && length(common, at + 1, to) >= length(common, at, to + 1))
    ) {
      lines.push(`- ${oldLine ?? ""}`);
      at++;
    } else {
      lines.push(`+ ${newLine}`);
      to++;
    }
  }
  return lines;
}

/** For each pair of positions, how many lines the rests of both texts have in common at most. */
function commonLengths(old: readonly string[], now: readonly string[]): number[][] {
  const common = Array.from({ length: old.length + 1 }, () => Array<number>(now.length + 1).fill(0));
  for (let at = old.length - 1; at >= 0; at--) {
    for (let to = now.length - 1; to >= 0; to--) {
      const best =
        old[at] === now[to]
          ? length(common, at + 1, to + 1) + 1
          : Math.max(length(common, at + 1, to), length(common, at, to + 1));
      (common[at] ?? [])[to] = best;
    }
  }
  return common;
}

function length(common: readonly (readonly number[])[], at: number, to: number): number {
  return common[at]?.[to] ?? 0;
}
