import { readProject } from "../../../sandbox/engine/project";
import { findPulumi } from "../../../sandbox/engine/pulumi/choose";

/** Skips all tests, and says why, when `ENGINE` asks for the Pulumi CLI and there is none: for the hook before a suite's first test. */
export async function skipWithoutEngine(context: Mocha.Context): Promise<void> {
  if (process.env["ENGINE"] !== "pulumi") return;
  const found = await findPulumi(readProject(process.cwd()), process.env);
  if (typeof found !== "string") return;
  console.log(`Skipped: ENGINE=pulumi, but ${found}`);
  context.skip();
}
