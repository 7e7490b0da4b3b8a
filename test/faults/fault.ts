import assert from "node:assert/strict";
import { healthy } from "./brokers";
import { Load, type Outcome } from "./load";
import { note } from "./report";

/** How often each fault is run; the documented figures come from three times. */
const RUNS = Number(process.env["FAULT_RUNS"] ?? "1");

/**
 * A test that something happens under load and nothing of what was acknowledged is lost, there twice, or out of order. How long it took to acknowledge is reported, and
 * not tested: that depends on the machine.
 *
 * @param work makes it happen; what it leaves behind must heal by itself.
 */
export function fault(name: string, work: (load: Load) => Promise<unknown>): void {
  for (let run = 1; run <= RUNS; run++) {
    it(RUNS === 1 ? name : `${name} (${run} of ${RUNS})`, async () => {
      await healthy();
      const load = await Load.start();
      let outcome: Outcome;
      try {
        await work(load);
        await healthy();
      } finally {
        outcome = await load.end();
        note({ name, ...outcome });
      }
      const { lost, duplicated, outOfOrder } = outcome;
      assert.deepEqual({ lost, duplicated, outOfOrder }, { lost: 0, duplicated: 0, outOfOrder: 0 });
    });
  }
}
