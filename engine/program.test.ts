import assert from "node:assert/strict";
import { join } from "node:path";
import { identify, isRunning, start } from "kafka-stack-processes";
import { temporaryFolder } from "../test/support/temporary";
import { until } from "../test/support/until";

describe("a program of the engine", function () {
  // It loads Pulumi's SDK, which takes seconds on a busy machine.
  this.timeout(240_000);

  it("ends with the run that started it, however that was ended", async () => {
    const command = ["--import", "tsx", join(__dirname, "test-support", "run-lingering.ts"), temporaryFolder()];
    const run = start(process.execPath, command, { output: "errors" });
    const pid = Number((await run.says(/the program is (\d+)$/m))[1]);
    const program = identify(pid);
    assert.ok(program !== undefined && isRunning(program), `${pid} does not run`);
    run.kill("SIGKILL");
    await until("the program ends", 120, () => Promise.resolve(isRunning(program) ? "it runs" : null));
  });
});
