import { strict as assert } from "node:assert";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { preview } from "./preview";
import { repositoryIn } from "../test/support/repository";
import { ROOT } from "../test/support/stacks";

/** A minimal program with one StatefulSet, so that it starts quickly. */
const program = `
const pulumi = require("@pulumi/pulumi");
const config = new pulumi.Config();
class StatefulSet extends pulumi.CustomResource {
  constructor(name, inputs, options) { super("kubernetes:apps/v1:StatefulSet", name, inputs, options); }
}
if (config.requireNumber("replicas") < 1) throw new pulumi.RunError("there must be a replica");
new StatefulSet("broker", {
  metadata: { name: "broker", namespace: "kafka" },
  spec: { replicas: config.requireNumber("replicas"), password: config.getSecret("password") },
}, { retainOnDelete: true });
`;

async function failure(running: Promise<unknown>): Promise<Error> {
  try {
    await running;
  } catch (error) {
    assert.ok(error instanceof Error);
    return error;
  }
  return assert.fail("it did not fail");
}

describe("preview of a pull request", function () {
  // Each stack is a program to start.
  this.timeout(120_000);
  const root = mkdtempSync(join(tmpdir(), "preview-test-"));

  const { git, commit } = repositoryIn(root);
  const write = (file: string, text: string) => {
    writeFileSync(join(root, file), text);
  };
  const replicas = (count: number) => `config:\n  small:replicas: ${count}\n  small:password:\n    secure: AAABAC\n`;

  before(async () => {
    symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
    mkdirSync(join(root, "policy"));
    write("policy/dev.json", '{ "all": "disabled" }');
    write(".gitignore", "node_modules\n");
    write("Pulumi.yaml", "name: small\nmain: index.js\nruntime: { name: nodejs, options: { typescript: false } }\n");
    write("index.js", program);
    write("Pulumi.dev.yaml", replicas(3));
    write("Pulumi.old.yaml", replicas(1));
    await git("init", "--quiet", "--initial-branch", "main");
    await commit("base");
    await git("checkout", "--quiet", "-b", "change");
    write("Pulumi.dev.yaml", replicas(2));
    rmSync(join(root, "Pulumi.old.yaml"));
    await commit("change");
    await git("checkout", "--quiet", "main");
    write("Pulumi.dev.yaml", replicas(9));
    await commit("main goes on");
    await git("checkout", "--quiet", "change");
  });

  after(() => {
    rmSync(root, { recursive: true });
  });

  it("compares a commit's stacks with those of its merge base", async () => {
    const { stacks } = await preview({ root, base: "main", head: "change" });
    assert.deepEqual(
      stacks.map(({ stack, status, changes }) => [stack, status, changes.map(({ operation }) => operation)]),
      [
        ["dev", "kept", ["update"]],
        ["old", "removed", ["delete"]],
      ],
    );
    assert.deepEqual(stacks[0]?.restarts, [{ subject: "StatefulSet kafka/broker", text: "stops broker-2 (3 → 2)" }]);
  });

  it("leaves nothing behind", async () => {
    assert.equal((await git("worktree", "list")).split("\n").length, 1);
    assert.ok(existsSync(join(root, "node_modules")));
  });

  it("uses the working tree, and reports why a program fails", async () => {
    write("Pulumi.dev.yaml", replicas(0));
    await assert.rejects(
      preview({ root, base: "main", stacks: ["dev"] }),
      /stack dev fails: there must be a replica\nEncrypted values cannot be read here.* in the place of small:password\. /,
    );
  });

  it("says what it could not read when an encrypted value is no secret", async () => {
    write("Pulumi.dev.yaml", "config:\n  small:replicas:\n    secure: AAABAC\n");
    await assert.rejects(preview({ root, base: "main", stacks: ["dev"] }), /in the place of small:replicas\. /);
  });

  it("reports when the base fails", async () => {
    write("Pulumi.dev.yaml", replicas(0));
    await commit("broken");
    write("Pulumi.dev.yaml", replicas(2));
    const { message, cause } = await failure(preview({ root, base: "HEAD", stacks: ["dev"] }));
    assert.match(message, /^There is no comparison with the base [0-9a-f]{10}: /);
    assert.match(String(cause), /there must be a replica/);
  });

  it("names commits and stacks that do not exist", async () => {
    await assert.rejects(preview({ root, base: "nothing" }), /There is no commit nothing/);
    write("Pulumi.dev.yaml", replicas(2));
    await assert.rejects(
      preview({ root, base: "main", stacks: ["test"] }),
      /There is no stack test; there are dev, old/,
    );
  });
});
