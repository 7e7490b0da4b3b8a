import { diffArrays } from "diff";

/** A line that was removed from a text or added to it. */
export type Line = `- ${string}` | `+ ${string}`;

/** The lines that differ between two texts, in order; a moved line is removed and added. */
export function diffLines(before: string, after: string): Line[] {
  return diffArrays(before.split("\n"), after.split("\n")).flatMap(({ value, added, removed }) =>
    added || removed ? value.map((line): Line => `${added ? "+" : "-"} ${line}`) : [],
  );
}
