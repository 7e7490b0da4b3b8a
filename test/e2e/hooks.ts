import { up as sandboxUp } from "../../sandbox/up";
import { nothingBut } from "./clean-slate";
import { sayEngine, skipWithoutEngine } from "../support/engine";
import { up } from "../support/stack";

/** Before the first test: the sandbox runs, and the dev stack on it. Both stay up afterwards, so that the next run is quick. */
export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    this.timeout(40 * 60_000);
    await skipWithoutEngine(this);
    await sandboxUp();
    await nothingBut("dev");
    await sayEngine("dev");
    await up("dev");
  },
};
