import * as fs from "node:fs";
import * as path from "node:path";
import { outcome } from "kafka-stack-processes";

/** The version of actionlint, which checks the syntax, the expressions and the types of GitHub workflows. */
const version = "v1.7.12";
const root = path.resolve(__dirname, "..");
const bin = path.join(root, ".sandbox", "bin");
const actionlint = path.join(bin, `actionlint-${version}`);

/** Runs a program with its output on the terminal. @returns whether it succeeded; if not, this program ends with its code */
async function succeeds(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<boolean> {
  const { code } = await outcome(command, args, { cwd: root, output: "terminal", env: { ...process.env, ...env } });
  process.exitCode = code ?? 1;
  return code === 0;
}

/** Builds actionlint. */
async function install(): Promise<boolean> {
  fs.mkdirSync(bin, { recursive: true });
  // Go names the program without its version, and a concurrent run may install it too.
  const folder = fs.mkdtempSync(path.join(bin, "actionlint-"));
  const source = `github.com/rhysd/actionlint/cmd/actionlint@${version}`;
  if (!(await succeeds("go", ["install", source], { GOBIN: folder, GOFLAGS: "" }))) return false;
  fs.renameSync(path.join(folder, "actionlint"), actionlint);
  fs.rmdirSync(folder);
  return true;
}

async function main(): Promise<void> {
  // Without these two flags, findings would depend on which other linters the machine has.
  if (fs.existsSync(actionlint) || (await install())) await succeeds(actionlint, ["-shellcheck=", "-pyflakes="]);
}

main().catch((error: unknown) => {
  console.error(`${(error as Error).message}: checking the workflows needs Go, to build actionlint`);
  process.exitCode = 1;
});
