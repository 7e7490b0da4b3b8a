import assert from "node:assert/strict";
import { healthy } from "./brokers";
import { Load, type Outcome } from "./load";
import { note } from "./report";

/**
 * A test that something happens under load and that no acknowledged record is lost, duplicated or reordered. The time to acknowledge is reported but
 * not tested, because it depends on the machine.
 *
 * @param work makes it happen; its consequences must heal by themselves.
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
