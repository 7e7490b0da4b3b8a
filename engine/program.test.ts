import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { identify, isRunning } from "kafka-stack-processes";
import { temporaryFolder } from "../test/support/temporary";
import { until } from "../test/support/until";

describe("a program of the engine", function () {
  // It loads Pulumi's SDK, which takes seconds on a busy machine.
  this.timeout(240_000);

  it("ends with the run that started it, however that was ended", async () => {
    const command = ["--import", "tsx", join(__dirname, "test-support", "run-lingering.ts"), temporaryFolder()];
    const run = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] });
    let pid = 0;
    for await (const line of createInterface({ input: run.stdout })) {
      pid = Number(/the program is (\d+)$/.exec(line)?.[1] ?? 0);
      if (pid !== 0) break;
    }
    const program = identify(pid);
    assert.ok(program !== undefined && isRunning(program), `${pid} does not run`);
    run.kill("SIGKILL");
    await until("the program ends", 120, () => Promise.resolve(isRunning(program) ? "it runs" : null));
  });
});
