import { up as sandboxUp } from "../../sandbox/up";
import { cleanSlate } from "../e2e/clean-slate";
import { skipWithoutEngine } from "../support/engine";
import { printReport } from "../faults/report";

/** Whether there is anything to take down. */
let started = false;

/**
 * Before the first stack: a sandbox of three nodes, for stacks that spread. After the last one nothing is left that would keep others out of its
 * namespace.
 */
export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    this.timeout(40 * 60_000);
    await skipWithoutEngine(this);
    started = true;
    await sandboxUp({ nodes: 3 });
  },

  async afterAll(this: Mocha.Context): Promise<void> {
    this.timeout(10 * 60_000);
    if (!started) return;
    printReport();
    await cleanSlate();
  },
};
