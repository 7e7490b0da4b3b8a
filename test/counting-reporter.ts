import Mocha from "mocha";
import { writeFileSync } from "node:fs";

/** What a run of mocha came to. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Full titles of the tests that failed. */
  readonly failures: readonly string[];
}

/** Environment variable that names the file which the counts are written to. */
export const COUNTS_FILE = "TEST_COUNTS_FILE";

/** Mocha's usual output for people, and the counts in a file for the run around it. */
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
      };
      const file = process.env[COUNTS_FILE];
      if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
    });
  }
}
