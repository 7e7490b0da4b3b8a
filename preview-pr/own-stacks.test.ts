import { strict as assert } from "node:assert";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { outcome } from "kafka-stack-processes";
import { parse, stringify } from "yaml";

import { preview } from "./preview";
import { AUTHOR, repositoryIn } from "../test/support/repository";
import { ROOT, STACKS } from "../test/support/stacks";

/** Files that do not belong to the project. */
const FOREIGN = ["node_modules", "dist"];

/** The changes of stack files in this test. */
interface StackFile {
  readonly config: Record<string, { readonly config?: Readonly<Record<string, unknown>> }>;
}

/** Starting twelve programs takes half a minute where nothing else runs. */
const MINUTES = 60_000;

/**
 * The project itself, as a repository of two commits, so that this also runs in a shallow clone or without a
 * repository.
 */
describe("preview of a pull request of this project", function () {
  this.timeout(10 * MINUTES);
  const root = mkdtempSync(join(tmpdir(), "preview-own-"));

  const { git, commit } = repositoryIn(root);
  const run = (repository: string, ...words: readonly string[]) =>
    outcome("npm", ["run", "--silent", "preview:pr", "--", ...words], { cwd: repository });

  before(async () => {
    for (const entry of readdirSync(ROOT).filter((name) => !name.startsWith(".") && !FOREIGN.includes(name))) {
      cpSync(join(ROOT, entry), join(root, entry), {
        recursive: true,
        filter: (source) => !FOREIGN.includes(basename(source)),
      });
    }
    symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
    // A link is no folder, so that the pattern has no slash at its end.
    writeFileSync(join(root, ".gitignore"), "node_modules\n");
    await git("init", "--quiet", "--initial-branch", "main");
    await commit("the stacks as they are");
    await git("checkout", "--quiet", "-b", "change");
    for (const stack of STACKS) {
      const file = join(root, `Pulumi.${stack}.yaml`);
      const content = parse(readFileSync(file, "utf8")) as StackFile;
      const kafka = content.config["kafka-stack:kafka"] ?? {};
      content.config["kafka-stack:kafka"] = { ...kafka, config: { ...kafka.config, "log.retention.hours": 7 } };
      writeFileSync(file, stringify(content));
    }
    await commit("records are kept for another time");
  });

  after(() => {
    rmSync(root, { recursive: true });
  });

  it("runs the real program of every stack, as the base and as the change", async () => {
    const { stacks } = await preview({ root, base: "main" });
    assert.deepEqual(
      stacks.map(({ stack }) => stack),
      STACKS,
    );
    for (const { stack, status, changes, data } of stacks) {
      assert.equal(status, "kept", stack);
      assert.ok(changes.length > 0, stack);
      assert.match(JSON.stringify(data), /log\.retention\.hours/, stack);
    }
  });

  it("compares two commits in the other direction, whatever the files are", async () => {
    await git(...AUTHOR, "revert", "--no-edit", "HEAD");
    const { stacks } = await preview({ root, base: "change~1", head: "change", stacks: ["production", "nfs"] });
    assert.deepEqual(
      stacks.map(({ stack, changes }) => [stack, changes.length > 0]),
      [
        ["production", true],
        ["nfs", true],
      ],
    );
  });

  it("exits with 0 or 1 and a report", async () => {
    const { code, output, errors } = await run(root, "--base", "HEAD~1", "--stack", "dev");
    assert.ok(code === 0 || code === 1, errors);
    assert.match(output, /^# What this changes: `[0-9a-f]{10}` → `[0-9a-f]{10}`/);
    assert.match(output, /log\.retention\.hours/);
  });

  it("says what to fetch in a clone with one commit, and compares the commits that exist", async () => {
    const shallow = mkdtempSync(join(tmpdir(), "preview-shallow-"));
    try {
      await git("clone", "--quiet", "--depth", "1", `file://${root}`, shallow);
      symlinkSync(join(ROOT, "node_modules"), join(shallow, "node_modules"));
      const missing = await run(shallow, "--base", "HEAD~1", "--stack", "dev");
      assert.equal(missing.code, 2);
      assert.match(missing.errors, /There is no commit HEAD~1 .* shallow .* git fetch --unshallow/);
      const { code, output, errors } = await run(shallow, "--base", "HEAD", "--stack", "dev");
      assert.equal(code, 0, errors);
      assert.match(output, /No stack changes/);
    } finally {
      rmSync(shallow, { recursive: true });
    }
  });
});
