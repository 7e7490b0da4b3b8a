import { up as sandboxUp } from "../../sandbox/up";
import { sayEngine, skipWithoutEngine } from "../support/engine";
import { cleanSlate } from "../e2e/clean-slate";
import { ensureTopic } from "./brokers";
import { printReport } from "./report";
import { change, STACK } from "./stack";

/** Whether there is anything to take down. */
let started = false;

/** Before the first fault: a sandbox of three nodes with nothing else on it. */
export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    this.timeout(40 * 60_000);
    await skipWithoutEngine(this);
    started = true;
    await sandboxUp({ nodes: 3 });
    await cleanSlate();
    await sayEngine(STACK);
    await change();
    await ensureTopic();
  },

  async afterAll(this: Mocha.Context): Promise<void> {
    this.timeout(10 * 60_000);
    if (!started) return;
    printReport();
    // Its retained data would keep every other stack out of its namespace.
    await cleanSlate();
  },
};
