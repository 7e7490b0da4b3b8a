import { diffArrays } from "diff";

/** A line that a text has lost or won. */
export type Line = `- ${string}` | `+ ${string}`;

/** The lines that differ between two texts, in their order; a line that moved is lost and won. */
export function diffLines(before: string, after: string): Line[] {
  return diffArrays(before.split("\n"), after.split("\n")).flatMap(({ value, added, removed }) =>
    added || removed ? value.map((line): Line => `${added ? "+" : "-"} ${line}`) : [],
  );
}
