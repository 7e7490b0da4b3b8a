import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Outcome } from "./load";

/** One run of a fault. */
export type Case = { readonly name: string } & Outcome;

const FILE = join(process.cwd(), ".sandbox", "faults.json");

/** Deletes the runs of an earlier report. */
export function beginReport(): void {
  rmSync(FILE, { force: true });
}

/** Every run so far, including earlier rounds. */
function noted(): Case[] {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as { cases: Case[] }).cases : [];
}

/** Records a run, and writes the report so far to .sandbox/faults.json. */
export function note(done: Case): void {
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, `${JSON.stringify({ cases: [...noted(), done] }, null, 2)}\n`);
}

/** Prints every run so far, one per line. */
export function printReport(): void {
  const cases = noted();
  if (cases.length === 0) return;
  const columns = ["acknowledged", "read", "lost", "duplicated", "outOfOrder", "longestStallMs"] as const;
  const rows = [
    ["fault", ...columns],
    ...cases.map((one) => [one.name, ...columns.map((column) => String(one[column]))]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(`  ${cells.join("  ")}`);
  }
  console.log(`\n  The same in ${FILE}`);
}
