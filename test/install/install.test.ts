import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");

/** Everything that `npm ci` reads of the project, and the script that it runs. */
const FILES = [
  "package.json",
  "package-lock.json",
  ".npmrc",
  "engine/package.json",
  "processes/package.json",
  "services/package.json",
  "sandbox/node-runtime/package.json",
  "sandbox/node-runtime/link.mjs",
];

/** Versions of npm in use: 10 with Node.js 20 and 22, 11 with 24, and 12, which runs no install scripts of packages. */
const VERSIONS = [10, 11, 12];

const MINUTE = 60_000;

function run(command: string, args: readonly string[], folder: string, path = process.env["PATH"]) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, PATH: path },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return { status, stdout, stderr };
}

describe("installing", function () {
  // Writes some hundred packages for each version of npm.
  this.timeout(15 * MINUTE);

  for (const version of VERSIONS) {
    it(`npm ${version} ci brings what the commands run on`, function () {
      const folder = mkdtempSync(join(tmpdir(), "install-"));
      try {
        const npm = ["--yes", `npm@${version}`];
        // Outside the copy, whose package.json would affect what npx runs.
        const found = run("npx", [...npm, "--version"], tmpdir());
        if (found.status !== 0) {
          console.log(`Skipped: npm ${version} cannot be had here: ${found.stderr.trim().split("\n")[0] ?? ""}`);
          this.skip();
        }
        for (const file of FILES) {
          mkdirSync(dirname(join(folder, file)), { recursive: true });
          cpSync(join(ROOT, file), join(folder, file));
        }
        const installed = run("npx", [...npm, "ci", "--prefer-offline", "--omit=dev"], folder);
        assert.equal(installed.status, 0, installed.stderr);
        // As npm does for the commands of package.json.
        const path = [join(folder, "node_modules", ".bin"), process.env["PATH"]].join(delimiter);
        const { stdout, stderr } = run("tsx", ["-e", "console.log(process.execPath as string)"], folder, path);
        assert.match(stdout, /node_modules\/node-linux-\w+\/bin\/node\n$/, stderr);
        assert.ok(stdout.startsWith(folder), stdout);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});
