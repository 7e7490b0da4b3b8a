import assert from "node:assert/strict";
import { healthy } from "./brokers";
import { Load, type Outcome } from "./load";
import { note } from "./report";

/** How often each fault is run; the documented figures come from three times. */
const RUNS = Number(process.env["FAULT_RUNS"] ?? "1");

/** What more must hold of an outcome. */
export interface Limits {
  /** Milliseconds that no record may take longer than. @default no limit */
  readonly longestStallMs?: number;
}

/**
 * A test that something happens under load and nothing of what was acknowledged is lost, there twice, or out of order.
 *
 * @param work makes it happen; what it leaves behind must heal by itself.
 */
export function fault(name: string, work: (load: Load) => Promise<void>, limits: Limits = {}): void {
  for (let run = 1; run <= RUNS; run++) {
    it(RUNS === 1 ? name : `${name} (${run} of ${RUNS})`, async () => {
      await healthy();
      const load = await Load.start();
      try {
        await work(load);
        await healthy();
      } finally {
        const outcome = await load.end();
        note({ name, ...outcome });
        check(outcome, limits);
      }
    });
  }
}

function check(outcome: Outcome, { longestStallMs = Infinity }: Limits): void {
  const { lost, duplicated, outOfOrder } = outcome;
  assert.deepEqual({ lost, duplicated, outOfOrder }, { lost: 0, duplicated: 0, outOfOrder: 0 });
  assert.ok(outcome.longestStallMs <= longestStallMs, `a record took ${outcome.longestStallMs} ms`);
}
