import { readProject } from "../../../sandbox/engine/project";
import { findPulumi } from "../../../sandbox/engine/pulumi/choose";
import { up as sandboxUp } from "../../../sandbox/up";
import { up } from "./stack";

/** Before the first test: the sandbox runs, and the dev stack on it. Both stay up afterwards, so that the next run is quick. */
export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    this.timeout(40 * 60_000);
    if (process.env["ENGINE"] === "pulumi") {
      const found = await findPulumi(readProject(process.cwd()), process.env);
      if (typeof found === "string") {
        console.log(`Skipped: ENGINE=pulumi, but ${found}`);
        this.skip();
      }
    }
    await sandboxUp();
    await up("dev");
  },
};
