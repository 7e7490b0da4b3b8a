import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

/** The version of actionlint, which checks the syntax, the expressions and the types of GitHub workflows. */
const version = "v1.7.12";
const root = path.resolve(__dirname, "..");
const bin = path.join(root, ".sandbox", "bin");
const actionlint = path.join(bin, `actionlint-${version}`);

/** Runs a program and ends this one when it fails. */
function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  const { error, status } = spawnSync(command, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...env } });
  if (error !== undefined) {
    throw new Error(
      `${command} cannot be run (${error.message}): checking the workflows needs Go, to build actionlint`,
    );
  }
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}

if (!fs.existsSync(actionlint)) {
  fs.mkdirSync(bin, { recursive: true });
  // Go names the program without its version, and a concurrent run may install it too.
  const folder = fs.mkdtempSync(path.join(bin, "actionlint-"));
  run("go", ["install", `github.com/rhysd/actionlint/cmd/actionlint@${version}`], { GOBIN: folder, GOFLAGS: "" });
  fs.renameSync(path.join(folder, "actionlint"), actionlint);
  fs.rmdirSync(folder);
}
// Without these two flags, findings would depend on which other linters the machine has.
run(actionlint, ["-shellcheck=", "-pyflakes="]);
