/**
 * `npm test`: everything from static checks to end-to-end tests, in this order. A failed part does not stop the others. The last line is `N passed, N
 * failed, N skipped` over all parts; a part that does not use mocha, or that died before it could count, counts as one test.
 */
import "../sandbox/host/check-node";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { outcome } from "kafka-stack-processes";
import { COUNTS_FILE, type Counts } from "./counting-reporter";

const ROOT = resolve(__dirname, "..");
/** So many failed tests may be the machine's doing. */
const FEW = 3;
/** Titles of tests that failed and then passed. */
const unstable: string[] = [];
const folder = mkdtempSync(join(tmpdir(), "kafka-stack-test-"));

/** Runs a command of the project with its output on the terminal. */
async function succeeds(title: string, command: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<boolean> {
  console.log(`\n━━━ ${title} ${"━".repeat(Math.max(0, 100 - title.length))}\n`);
  const [name = "", ...args] = command;
  try {
    const ended = await outcome(name, args, { cwd: ROOT, output: "terminal", env: { ...process.env, ...env } });
    return ended.code === 0;
  } catch (error) {
    console.error((error as Error).message);
    return false;
  }
}

async function check(): Promise<Counts> {
  const passed = await succeeds("Static checks (npm run check)", ["npm", "run", "check"]);
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0, failures: passed ? [] : ["npm run check"] };
}

async function mocha(title: string, script: string, ...options: string[]): Promise<Counts> {
  const file = join(folder, script.replace(":", "-"));
  rmSync(file, { force: true });
  const reporter = ["--reporter", join(__dirname, "counting-reporter.ts")];
  const command = ["npm", "run", script, "--", ...reporter, ...options];
  const ended = await succeeds(`${title} (npm run ${script})`, command, { [COUNTS_FILE]: file });
  const counts: Counts = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as Counts)
    : { passed: 0, failed: 0, skipped: 0, failures: [] };
  // A run that fails without a failed test failed in a hook or while loading its files, or was killed.
  if (ended || counts.failed > 0) return counts;
  return { ...counts, failed: 1, failures: [`npm run ${script} ended early`] };
}

/**
 * Runs the few tests that failed once more, by themselves: on a busy machine a test may fail by its own patience. One that passes then counts as passed,
 * and is named as unstable. Tests of the whole stack have no second try.
 */
async function mochaTwice(title: string, script: string): Promise<Counts> {
  const first = await mocha(title, script);
  if (first.failed === 0 || first.failed > FEW) return first;
  const titles = first.failures.map((each) => each.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const again = await mocha(`${title}, those that failed`, script, "--grep", `^(${titles.join("|")})$`);
  // A hook that failed cannot be run by its name.
  if (again.passed + again.failed < first.failed) return first;
  unstable.push(...first.failures.filter((each) => !again.failures.includes(each)));
  const { failed, failures } = again;
  return { ...first, passed: first.passed + first.failed - failed, failed, failures };
}

async function main(): Promise<void> {
  try {
    const parts = [
      await check(),
      await mochaTwice("Unit tests", "test:unit"),
      await mocha("Installing with each npm, and in Python", "test:install"),
      await mocha("Services with Kafka and Chromium", "test:services"),
      await mocha("End-to-end tests", "test:e2e"),
      await mocha("Faults under load", "test:main-faults"),
      await mocha("Life of a sandbox", "test:sandbox"),
    ];
    const sum = (key: "passed" | "failed" | "skipped"): number => parts.reduce((total, part) => total + part[key], 0);
    const failures = parts.flatMap((part) => part.failures);
    if (unstable.length > 0) console.log(`\nUnstable, passed when run again:\n  ${unstable.join("\n  ")}`);
    console.log(failures.length > 0 ? `\nFailed:\n${failures.map((title) => `  ${title}\n`).join("")}` : "");
    console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
    process.exitCode = sum("failed") > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
