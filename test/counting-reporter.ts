import Mocha from "mocha";
import { writeFileSync } from "node:fs";

/** The result of a mocha run. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Full titles of the tests that failed. */
  readonly failures: readonly string[];
  /** The files of these tests; none when that of one is unknown. */
  readonly files: readonly string[];
}

/** Environment variable with the file to write the counts to. */
export const COUNTS_FILE = "TEST_COUNTS_FILE";

/** Mocha's usual output for people, and the counts in a file for the surrounding run. */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      const counts: Counts = {
        passed: passes,
        failed: failures,
        skipped: pending,
        failures: this.failures.map((test) => test.fullTitle()),
        files: filesOf(this.failures),
      };
      const file = process.env[COUNTS_FILE];
      if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
    });
  }
}

function filesOf(failed: readonly Mocha.Runnable[]): string[] {
  const files = new Set(failed.map(({ file }) => file));
  return files.has(undefined) ? [] : ([...files] as string[]);
}
