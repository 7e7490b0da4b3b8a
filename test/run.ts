/**
 * `npm test`: everything from static checks to end-to-end tests, in this order. A failed part does not stop the others. The last line is `N passed, N
 * failed, N skipped` over all parts; a part that does not use mocha, or that died before it could count, counts as one test.
 */
import "../sandbox/host/check-node";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { outcome } from "kafka-stack-processes";
import { COUNTS_FILE, type Counts } from "./counting-reporter";

const ROOT = resolve(__dirname, "..");
/** Failed tests in so many files may be the machine's doing. */
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
  return {
    passed: passed ? 1 : 0,
    failed: passed ? 0 : 1,
    skipped: 0,
    failures: passed ? [] : ["npm run check"],
    files: [],
  };
}

/** Runs mocha. @param shown names the command for people */
async function mocha(title: string, shown: string, command: readonly string[]): Promise<Counts> {
  const file = join(folder, "counts.json");
  rmSync(file, { force: true });
  const reporter = ["--reporter", join(__dirname, "counting-reporter.ts")];
  const ended = await succeeds(`${title} (${shown})`, [...command, ...reporter], { [COUNTS_FILE]: file });
  const counts: Counts = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as Counts)
    : { passed: 0, failed: 0, skipped: 0, failures: [], files: [] };
  // A run that fails without a failed test failed in a hook or while loading its files, or was killed.
  if (ended || counts.failed > 0) return counts;
  return { ...counts, failed: 1, failures: [`${shown} ended early`], files: [] };
}

const script = (title: string, name: string): Promise<Counts> =>
  mocha(title, `npm run ${name}`, ["npm", "run", name, "--"]);

/**
 * Runs the files with failed tests once more, if they are few: on a busy machine a test may fail by its own patience. What passes then counts as passed,
 * and is named as unstable. Tests of the whole stack have no second try.
 *
 * @param name of the tests and of their configuration
 */
async function twice(title: string, name: string): Promise<Counts> {
  const first = await script(title, `test:${name}`);
  if (first.files.length === 0 || first.files.length > FEW) return first;
  const config = join(folder, `${name}.mocharc.json`);
  const settings = JSON.parse(readFileSync(join(__dirname, `${name}.mocharc.json`), "utf8")) as object;
  writeFileSync(config, JSON.stringify({ ...settings, spec: first.files }));
  const files = first.files.map((file) => relative(ROOT, file)).join(" ");
  const second = await mocha(title, `once more: ${files}`, ["npm", "exec", "--", "mocha", "--config", config]);
  if (second.passed === 0) return first;
  unstable.push(...first.failures.filter((each) => !second.failures.includes(each)));
  const { failed, failures } = second;
  return { ...first, passed: first.passed + first.failed - failed, failed, failures };
}

async function main(): Promise<void> {
  try {
    const parts = [
      await check(),
      await twice("Unit tests", "unit"),
      await script("Installing with each npm, and in Python", "test:install"),
      await twice("Services with Kafka and Chromium", "services"),
      await script("End-to-end tests", "test:e2e"),
      await script("Faults under load", "test:main-faults"),
      await script("Life of a sandbox", "test:sandbox"),
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
