/**
 * `npm run test:faults`: the faults, FAULT_RUNS times (default 1), each time on a new cluster, because an upgrade of its metadata cannot be reverted.
 * Arguments are mocha's.
 */
import { succeeds } from "kafka-stack-processes";
import { beginReport } from "./report";

async function main(): Promise<void> {
  const runs = Number(process.env["FAULT_RUNS"] ?? "1");
  const options = ["--config", "test/faults.mocharc.json", ...process.argv.slice(2)];
  beginReport();
  for (let run = 1; run <= runs; run++) {
    if (runs > 1) console.log(`Run ${run} of ${runs}`);
    if (!(await succeeds("mocha", options, { output: "terminal" }))) process.exitCode = 1;
  }
}

void main();
