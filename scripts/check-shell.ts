/** Checks every shell script with ShellCheck, which is installed from Debian's packages where that is possible. */
import { globSync } from "node:fs";
import { join, resolve } from "node:path";
import { outcome } from "kafka-stack-processes";
import { provided } from "../sandbox";

const ROOT = resolve(__dirname, "..");
const SCRIPTS = ["images/**/*.sh", "sandbox/**/*.sh", ".ci/run"];
// Hints of style are no defects; sourced files are checked with the files that source them.
const OPTIONS = ["--severity=warning", "--external-sources", "--source-path=SCRIPTDIR"];

async function main(): Promise<void> {
  if (!(await provided("shellcheck", "shellcheck", console.error))) {
    throw new Error("ShellCheck is missing: install it (apt-get install shellcheck, brew install shellcheck)");
  }
  const files = globSync(SCRIPTS, { cwd: ROOT }).map((file) => join(ROOT, file));
  const { code } = await outcome("shellcheck", [...OPTIONS, ...files], { output: "terminal" });
  process.exitCode = code ?? 1;
}

main().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
