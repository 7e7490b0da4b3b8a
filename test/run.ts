/**
 * `npm test`: everything from static checks to end-to-end tests, in this order. A failed part does not stop the others. The last line is `N passed, N
 * failed, N skipped` over all parts; a part that does not use mocha, or that died before it could count, counts as one test.
 */
import "../sandbox/host/check-node";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { COUNTS_FILE, type Counts } from "./counting-reporter";

const ROOT = resolve(__dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "kafka-stack-test-"));

/** Runs a command of the project with its output on the terminal. */
function succeeds(title: string, command: readonly string[], env: NodeJS.ProcessEnv = {}): boolean {
  console.log(`\n━━━ ${title} ${"━".repeat(Math.max(0, 100 - title.length))}\n`);
  const [name = "", ...args] = command;
  const { status, error } = spawnSync(name, args, {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...env },
  });
  if (error) console.error(`${command.join(" ")} could not be started: ${error.message}`);
  return status === 0;
}

function check(): Counts {
  const passed = succeeds("Static checks (npm run check)", ["npm", "run", "check"]);
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0, failures: passed ? [] : ["npm run check"] };
}

function mocha(title: string, script: string): Counts {
  const file = join(folder, script.replace(":", "-"));
  const reporter = join(__dirname, "counting-reporter.ts");
  const ended = succeeds(`${title} (npm run ${script})`, ["npm", "run", script, "--", "--reporter", reporter], {
    [COUNTS_FILE]: file,
  });
  const counts: Counts = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as Counts)
    : { passed: 0, failed: 0, skipped: 0, failures: [] };
  // A run that fails without a failed test failed in a hook or while loading its files, or was killed.
  if (ended || counts.failed > 0) return counts;
  return { ...counts, failed: 1, failures: [`npm run ${script} ended early`] };
}

function main(): void {
  try {
    const parts = [
      check(),
      mocha("Unit tests", "test:unit"),
      mocha("Installing with each npm, and in Python", "test:install"),
      mocha("Services with Kafka and Chromium", "test:services"),
      mocha("End-to-end tests", "test:e2e"),
      mocha("Faults under load", "test:main-faults"),
      mocha("Life of a sandbox", "test:sandbox"),
    ];
    const sum = (key: "passed" | "failed" | "skipped"): number => parts.reduce((total, part) => total + part[key], 0);
    const failures = parts.flatMap((part) => part.failures);
    console.log(failures.length > 0 ? `\nFailed:\n${failures.map((title) => `  ${title}\n`).join("")}` : "");
    console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
    process.exitCode = sum("failed") > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main();
