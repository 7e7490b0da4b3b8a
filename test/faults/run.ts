/**
 * `npm run test:faults`: the faults, FAULT_RUNS times (default 1), each time on a new cluster, because an upgrade of its metadata cannot be reverted.
 * Arguments are mocha's.
 */
import { spawnSync } from "node:child_process";
import { beginReport } from "./report";

const runs = Number(process.env["FAULT_RUNS"] ?? "1");
const options = ["--config", "test/faults.mocharc.json", ...process.argv.slice(2)];
beginReport();
for (let run = 1; run <= runs; run++) {
  if (runs > 1) console.log(`Run ${run} of ${runs}`);
  const { status } = spawnSync("mocha", options, { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
