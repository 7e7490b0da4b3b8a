import { up as sandboxUp } from "../../sandbox/up";
import { skipWithoutEngine } from "../support/engine";
import { printReport } from "../faults/report";

/** Before the first stack: a sandbox of three nodes, for the stacks that spread. */
export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    this.timeout(40 * 60_000);
    await skipWithoutEngine(this);
    await sandboxUp({ nodes: 3 });
  },

  afterAll(): void {
    printReport();
  },
};
