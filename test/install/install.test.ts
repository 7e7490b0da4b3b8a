import { strict as assert } from "node:assert";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { outcome } from "kafka-stack-processes";

const ROOT = resolve(__dirname, "../..");

/** Everything that `npm ci` reads of the project, and the script that it runs. */
const FILES = [
  "package.json",
  "package-lock.json",
  ".npmrc",
  "engine/package.json",
  "policy/kubernetes-facts/package.json",
  "processes/package.json",
  "waiting/package.json",
  "services/package.json",
  "sandbox/node-runtime/package.json",
  "sandbox/node-runtime/link.mjs",
];

/** Versions of npm in use: 10 with Node.js 20 and 22, 11 with 24, and 12, which runs no install scripts of packages. */
const VERSIONS = [10, 11, 12];

const MINUTE = 60_000;

const run = (command: string, args: readonly string[], folder: string, path = process.env["PATH"]) =>
  outcome(command, args, { cwd: folder, env: { ...process.env, PATH: path } });

describe("installing", function () {
  // Writes some hundred packages for each version of npm.
  this.timeout(15 * MINUTE);

  for (const version of VERSIONS) {
    it(`npm ${version} ci brings what the commands run on`, async function () {
      const folder = mkdtempSync(join(tmpdir(), "install-"));
      try {
        const npm = ["--yes", `npm@${version}`];
        // Outside the copy, whose package.json would affect what npx runs.
        const found = await run("npx", [...npm, "--version"], tmpdir());
        if (found.code !== 0) {
          console.log(`Skipped: npm ${version} cannot be had here: ${found.errors.trim().split("\n")[0] ?? ""}`);
          this.skip();
        }
        for (const file of FILES) {
          mkdirSync(dirname(join(folder, file)), { recursive: true });
          cpSync(join(ROOT, file), join(folder, file));
        }
        const installed = await run("npx", [...npm, "ci", "--prefer-offline", "--omit=dev"], folder);
        assert.equal(installed.code, 0, installed.errors);
        // As npm does for the commands of package.json.
        const path = [join(folder, "node_modules", ".bin"), process.env["PATH"]].join(delimiter);
        const { output, errors } = await run("tsx", ["-e", "console.log(process.execPath as string)"], folder, path);
        assert.match(output, /node_modules\/node-linux-\w+\/bin\/node\n$/, errors);
        assert.ok(output.startsWith(folder), output);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});
