/** Checks every shell script with ShellCheck, which is installed from Debian's packages where that is possible. */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "..");
const SCRIPTS = ["images/**/*.sh", "sandbox/**/*.sh", ".ci/run"];
// Hints of style are no defects; sourced files are checked with the files that source them.
const OPTIONS = ["--severity=warning", "--external-sources", "--source-path=SCRIPTDIR"];

const runs = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: "ignore" }).status === 0;

/** Whether ShellCheck is there; installs it where possible. */
function provide(): boolean {
  if (runs("shellcheck", "--version")) return true;
  if (process.getuid?.() !== 0 || !runs("apt-get", "--version")) return false;
  runs("apt-get", "update", "--quiet");
  runs("apt-get", "install", "--yes", "--no-install-recommends", "shellcheck");
  return runs("shellcheck", "--version");
}

function main(): number {
  if (!provide()) {
    console.error("ShellCheck is missing: install it (apt-get install shellcheck, brew install shellcheck)");
    return 1;
  }
  const files = globSync(SCRIPTS, { cwd: ROOT }).map((file) => join(ROOT, file));
  return spawnSync("shellcheck", [...OPTIONS, ...files], { stdio: "inherit" }).status ?? 1;
}

process.exitCode = main();
