import assert from "node:assert/strict";
import { healthy } from "./brokers";
import { Load, type Outcome } from "./load";
import { note } from "./report";

/**
 * A test that something happens under load and nothing of what was acknowledged is lost, there twice, or out of order. How long it took to acknowledge is reported, and
 * not tested: that depends on the machine.
 *
 * @param work makes it happen; what it leaves behind must heal by itself.
 */
export function fault(name: string, work: (load: Load) => Promise<unknown>): void {
  it(name, async () => {
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
