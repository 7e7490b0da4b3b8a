import { up as sandboxUp } from "../../../sandbox/up";
import { skipWithoutEngine } from "./engine";
import { up } from "./stack";

/** Before the first test: the sandbox runs, and the dev stack on it. Both stay up afterwards, so that the next run is quick. */
export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    this.timeout(40 * 60_000);
    await skipWithoutEngine(this);
    await sandboxUp();
    await up("dev");
  },
};
