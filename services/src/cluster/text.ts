import type { Level } from "./severity.js";

/** How a line stands out, where colours are shown: it says the same without. */
export type Style = Level | "title" | "soft";

/** A line of a terminal. Its text is {@link escaped}. */
export interface Line {
  readonly text: string;
  readonly style?: Style | undefined;
}

/** A column of a {@link table}. */
export interface Column {
  readonly title: string;
  /** What stands before a value where the table does not fit. @default nothing */
  readonly label?: string;
  /** Whether its values are aligned at the right. @default false */
  readonly number?: boolean;
}

/** A row of a {@link table}. */
export interface Row {
  readonly cells: readonly string[];
  readonly style?: Style | undefined;
}

/** Columns stand this far apart; what belongs to a line above is indented by as much. */
const GAP = 2;

/** Characters that move the cursor, change colours, hide or reorder text, or that no font has. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Text from elsewhere, such as a group's name, with its control characters in a form that can be read: none of them reaches the terminal. */
export const escaped = (text: string): string =>
  text.replace(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const NARROWEST = /[\p{Mn}\p{Me}]/u;

/** Cells that a text takes of a terminal's line. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += NARROWEST.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** Breaks a text from elsewhere into lines of a width, between words where that can be. What follows the first is indented. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of escaped(text).split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line.trim() !== "") lines.push(line);
    line = indentOf(lines, width);
    for (const character of word) {
      if (widthOf(line + character) > width) {
        lines.push(line);
        line = indentOf(lines, width);
      }
      line += character;
    }
  }
  return [...lines, line];
}

const indentOf = (lines: readonly string[], width: number): string =>
  " ".repeat(lines.length > 0 && width > 4 * GAP ? GAP : 0);

/** {@link wrapped} as lines of a style. */
export const paragraph = (text: string, width: number, style?: Style): Line[] =>
  wrapped(text, width).map((each) => ({ text: each, style }));

/** Columns as wide as their content. Where they do not fit, each row is a paragraph that says the same. */
export function table(columns: readonly Column[], rows: readonly Row[], width: number): Line[] {
  const texts = rows.map(({ cells }) => cells.map(escaped));
  const widths = columns.map(({ title }, column) =>
    Math.max(widthOf(title), ...texts.map((cells) => widthOf(cells[column] ?? ""))),
  );
  if (widths.reduce((sum, each) => sum + each + GAP, -GAP) > width)
    return rows.flatMap((row) => told(columns, row, width));
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ number }, column) => {
        const cell = cells[column] ?? "";
        const room = " ".repeat((widths[column] ?? 0) - widthOf(cell));
        return number === true ? room + cell : cell + room;
      })
      .join(" ".repeat(GAP))
      .trimEnd();
  return [
    { text: line(columns.map(({ title }) => title)), style: "soft" },
    ...rows.map(({ style }, index) => ({ text: line(texts[index] ?? []), style })),
  ];
}

function told(columns: readonly Column[], { cells, style }: Row, width: number): Line[] {
  const [name = "", ...values] = columns.map(
    ({ label }, column) => `${label ? `${label} ` : ""}${cells[column] ?? ""}`,
  );
  return paragraph(`${name}: ${values.join(", ")}`, width, style);
}
